//! What belongs to a member, for the person who decides who gets it when the member leaves.

use super::store::leaving::{self as store, Belonging};
use crate::access::{
    Caller, Can, Permission, accounts, api_keys as keys, campaigns, lead_lists, leads, webhooks,
    workspace_members::SeeBelongings,
};
use crate::auth;
use crate::db::Source;
use crate::error::{Error, Result};
use crate::jobs;
use crate::resources::members::{self, KeyMade, WorkspaceMember};
use crate::resources::{api_keys, sessions};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// Records of a kind. At most 100 are named.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[schemars(rename = "BelongingsOfAKind")]
pub struct Kind {
    pub count: i64,
    pub items: Vec<Belonging>,
}

/// Only records that the caller can see are counted. A kind that they cannot see is null.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Belongings {
    pub member_id: Uuid,
    /// Campaigns that they own, running ones first.
    pub campaigns: Option<Kind>,
    /// How many of these campaigns are running.
    pub running_campaigns: Option<i64>,
    /// How many campaigns of other members they collaborate on.
    pub collaborations: i64,
    /// Sending accounts that are assigned to them.
    pub accounts: Option<Kind>,
    /// How many leads are assigned to them.
    pub leads: Option<i64>,
    /// Lead lists that they own.
    pub lists: Option<Kind>,
    /// Webhooks that act with their rights. They are paused when the member leaves.
    pub webhooks: Option<Kind>,
    /// Their personal keys, which stop working with the membership.
    pub personal_keys: Option<Kind>,
    /// The active workspace keys that they have made, including keys made with other keys or in
    /// sub-workspaces.
    pub keys_made: Option<Vec<KeyMade>>,
    /// How many sessions they have here.
    pub sessions: i64,
    /// Pending invitations that they have sent. They are withdrawn when the member leaves.
    pub invitations: Kind,
    /// How many of their background jobs have not ended.
    pub jobs: i64,
    /// Changes when the campaigns, collaborations, sending accounts, leads, lists, webhooks, keys made or invitations above
    /// change. Send it as `expect` to off-board the member.
    #[schemars(default)]
    pub state: String,
}

pub async fn belongings(can: &Can<SeeBelongings>, id: Uuid) -> Result<Belongings> {
    let member = members::find(can, can.reader(), id).await?;
    of(can, can.reader(), &member).await
}

/// The same for a member who was found, also inside a transaction.
pub async fn of(can: &Caller, from: impl Into<Source<'_>>, member: &WorkspaceMember) -> Result<Belongings> {
    let mut from = from.into();
    let (id, user) = (member.id, member.user_id);
    let counted = |items: Vec<Belonging>| Kind { count: items.len() as i64, items };
    let sees_keys = can.may(keys::Read::ACTION);
    let mut all = Belongings {
        member_id: id,
        campaigns: None,
        running_campaigns: None,
        collaborations: store::count_collaborations(can, from.again(), id).await?,
        accounts: None,
        leads: None,
        lists: None,
        webhooks: None,
        personal_keys: None,
        keys_made: None,
        sessions: sessions::count_in_workspace(can, from.again(), user).await?,
        invitations: Kind::default(),
        jobs: jobs::count_of(can, from.again(), user).await?,
        state: String::new(),
    };
    if can.may(campaigns::Read::ACTION) {
        let (count, running) = store::count_campaigns(can, from.again(), user).await?;
        let items = store::campaigns_of(can, from.again(), user).await?;
        (all.campaigns, all.running_campaigns) = (Some(Kind { count, items }), Some(running));
    }
    if can.may(accounts::Read::ACTION) {
        let count = store::count_accounts(can, from.again(), id).await?;
        all.accounts = Some(Kind { count, items: store::accounts_of(can, from.again(), id).await? });
    }
    if can.may(leads::Read::ACTION) {
        all.leads = Some(store::count_leads(can, from.again(), user).await?);
    }
    if can.may(lead_lists::Read::ACTION) {
        let count = store::count_lists(can, from.again(), user).await?;
        all.lists = Some(Kind { count, items: store::lists_of(can, from.again(), user).await? });
    }
    if can.may(webhooks::Read::ACTION) {
        all.webhooks = Some(counted(store::webhooks_of(can, from.again(), user).await?));
    }
    if sees_keys {
        all.personal_keys = Some(counted(store::personal_keys(can, from.again(), id).await?));
        all.keys_made = Some(api_keys::keys_made(can, from.again(), id).await?);
    }
    let invited = store::invitations_by(can, from, user).await?;
    let named = |one: &WorkspaceMember| Belonging { id: one.id, name: one.email.clone() };
    all.invitations =
        Kind { count: invited.len() as i64, items: invited.iter().take(100).map(named).collect() };
    // Sessions and jobs change all the time. Personal keys stop working in any case.
    let lasting = serde_json::to_value(&all).map_err(Error::internal)?;
    let lasting =
        ["campaigns", "collaborations", "accounts", "leads", "lists", "webhooks", "keys_made", "invitations"]
            .map(|name| lasting.get(name).map(ToString::to_string).unwrap_or_default());
    all.state = auth::hash(&lasting.join("\n"));
    Ok(all)
}
