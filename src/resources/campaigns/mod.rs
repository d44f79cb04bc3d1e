//! Email campaigns. This module has their types and says where the facts for access lie.

mod add_variables;
mod copy;
mod create;
mod duplicate;
mod export;
mod from_export;
mod launch;
mod list;
mod pages;
mod pause;
mod references;
mod remove;
mod rest;
mod routes;
mod seen;
mod sending;
mod settings;
mod share;
mod store;
mod timezones;
mod update;
mod variables;
pub use add_variables::add_variables;
pub use create::create;
pub use duplicate::duplicate;
pub use export::export;
pub use from_export::from_export;
pub use launch::launch;
pub use list::{count_launched, list, look, nearness, newest, search_by_contact, show};
pub use pages::pages;
pub use pages::{Head, Place, State, letter, names, reached, state};
pub use pause::pause;
pub use remove::remove;
pub use routes::operations;
pub use seen::sees_senders;
pub use settings::{Schedule, Sequence, Settings, Step, Unit, Variant};
pub use share::share;
pub use store::{unshare, unshare_all};
pub use update::update;
pub use variables::name_variables;

use crate::access::{Caller, Resource, Shape};
use crate::audit::Subject;
use crate::db::{Kept, ids, stored};
use crate::error::Result;
use crate::http::{absent_not_null, lenient, patch};
pub use crate::resources::workspaces::Visibility;
use crate::time::Time;
use rest::Rest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use settings::SettingsPatch;
use uuid::Uuid;

/// The states of a campaign. The system sets the others of the wire: 4, -1 and -2.
pub const DRAFT: i64 = 0;
pub const ACTIVE: i64 = 1;
pub const PAUSED: i64 = 2;
pub const COMPLETED: i64 = 3;
pub const SUSPENDED: i64 = -99;

// `remote`, so that it has the code to be written out and is not `Serialize`: see `seen`.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(remote = "Self")]
pub struct Campaign {
    pub id: Uuid,
    pub name: String,
    /// 0 draft, 1 active, 2 paused, 3 completed, 4 running subsequences, -1 accounts unhealthy, -2 bounce
    /// protect, -99 accounts suspended.
    #[schemars(with = "f64", extend("enum" = [-99, -1, -2, 0, 1, 2, 3, 4]))]
    pub status: i64,
    pub campaign_schedule: Kept<Schedule>,
    pub timestamp_created: Time,
    pub timestamp_updated: Time,
    pub organization: Option<Uuid>,
    /// The user who owns it. A campaign that a workspace key made has no owner.
    pub owned_by: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai_sdr_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>", extend("enum" = [1, 2, 3, 4, 99]))]
    pub not_sending_status: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub core_variables: Option<Map<String, Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_variables: Option<Map<String, Value>>,
    /// Private: visible to the owner, the collaborators and the roles that see everything. Team: visible to all members.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub visibility: Visibility,
    /// Members who have the same rights to the campaign as its owner.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub collaborators: Vec<Uuid>,
    /// Only in the answer to a launch: sending accounts to which the server could not sign in at the last try, or never
    /// tried to. `POST /api/v2/accounts/test/vitals` tries them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-gatepost-extension" = true))]
    pub accounts_not_connected: Vec<String>,
    #[serde(flatten)]
    pub settings: Settings,
}

stored! { Campaign: "campaigns" as "c" {
    workspace organization;
    fixed timestamp_created;
    columns timestamp_updated, name, status, visibility, owned_by;
    packed "settings" = Rest { campaign_schedule, ai_sdr_id, custom_variables, settings };
    derived "search" = |campaign| campaign.name.to_lowercase();
    plain not_sending_status = None, core_variables = None, collaborators = vec![], accounts_not_connected = vec![];
    placed
        "(select string_agg(uuid_text(k.member_id), ',') from campaign_collaborators k \
            where k.workspace_id = c.workspace_id and k.campaign_id = c.id)" = Campaign::place_collaborators,
        "(select string_agg(s.position || ' ' || a.email, ',') from campaign_senders s \
            join accounts a on a.workspace_id = s.workspace_id and a.id = s.account_id \
            where s.workspace_id = c.workspace_id and s.campaign_id = c.id)" = Campaign::place_senders;
    weight |campaign| campaign.campaign_schedule.weight() + campaign.settings.sequences.weight();
} }

impl Resource for Campaign {
    const SHAPE: Shape = Shape {
        team: Some("c.visibility = 'team'"),
        owner: Some("c.owned_by"),
        collaborators: Some(
            "select k.member_id from campaign_collaborators k \
             where k.workspace_id = c.workspace_id and k.campaign_id = c.id",
        ),
        tags: Some(
            "select g.tag_id from custom_tag_mappings g \
             where g.workspace_id = c.workspace_id and g.resource_id = c.id",
        ),
        ..Shape::of::<Campaign>()
    };
}

pub const SHAPE: Shape = Campaign::SHAPE;

impl Campaign {
    fn place_collaborators(&mut self, joined: Option<String>) -> Result<()> {
        self.collaborators = ids(joined)?;
        self.collaborators.sort_unstable();
        Ok(())
    }

    /// `senders` are addresses, each after its number: `7 jane@acme.example,3 jo@acme.example`. SQL does not sort them,
    /// because SQLite would open a table for each campaign to sort in.
    fn place_senders(&mut self, senders: Option<String>) -> Result<()> {
        let senders =
            senders.iter().flat_map(|all| all.split(',')).filter_map(|sender| sender.split_once(' '));
        let mut senders: Vec<_> = senders.map(|(at, email)| (at.parse::<i64>().ok(), email)).collect();
        senders.sort_unstable();
        self.settings.email_list = senders.into_iter().map(|(_, email)| email.to_owned()).collect();
        Ok(())
    }

    fn with_status(&self, can: &Caller, status: i64) -> Campaign {
        Campaign { status, timestamp_updated: can.now(), ..self.clone() }
    }
}

fn subject(campaign: &Campaign) -> Subject {
    Subject::new("campaign", campaign.id)
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, transform = lenient)]
pub struct New {
    #[schemars(length(min = 1, max = 1000))]
    pub name: String,
    pub campaign_schedule: Kept<Schedule>,
    /// The owner; the default is the caller. Only a caller who reaches every campaign can name another user.
    #[serde(default, deserialize_with = "named")]
    #[schemars(with = "Option<Uuid>")]
    pub owned_by: Option<Option<Uuid>>,
    pub ai_sdr_id: Option<Uuid>,
    /// The default is the workspace's `default_campaign_visibility`.
    #[schemars(transform = absent_not_null, extend("x-gatepost-extension" = true))]
    pub visibility: Option<Visibility>,
    /// Members, by member id, user id or e-mail address.
    #[serde(default)]
    #[schemars(length(max = 100), inner(length(max = 254)), extend("x-gatepost-extension" = true))]
    pub collaborators: Vec<String>,
    #[serde(flatten)]
    pub settings: Settings,
}

/// Distinguishes null from an absent field.
fn named<'de, D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Option<Option<Uuid>>, D::Error> {
    Option::deserialize(from).map(Some)
}

patch! {
    #[schemars(transform = lenient)]
    pub struct Patch of Campaign {
        #[schemars(length(min = 1, max = 1000))]
        name: String,
        campaign_schedule: Kept<Schedule>,
        owned_by: Option<Uuid>,
        #[schemars(extend("x-gatepost-extension" = true))]
        visibility: Visibility,
    }
    inside { settings: SettingsPatch }
    apart {
        #[schemars(length(max = 100), inner(length(max = 254)), extend("x-gatepost-extension" = true))]
        collaborators: Vec<String>,
    }
}

/// How to name a duplicate.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(transform = lenient)]
pub struct DuplicateCampaign {
    /// The default is the name of the original and ` (copy)`.
    #[schemars(transform = absent_not_null, length(min = 1, max = 1000))]
    name: Option<String>,
}
