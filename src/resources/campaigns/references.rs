//! What a campaign names must be there for whoever names it: an owner, collaborators, tags, sending accounts.
//! What is foreign and what is missing are refused alike.

use super::Campaign;
use crate::access::{Action, Grant, Permission};
use crate::access::{Caller, Reach, Step, accounts, campaigns};
use crate::db::{Tx, sql};
use crate::error::{Error, Result};
use crate::resources::{custom_tags, workspace_members::store as members};
use uuid::Uuid;

/// The owner in the wire's form, a user, from a user or member id. To name anyone but oneself, or to take what
/// another owns, takes reach `all`.
pub async fn owner(can: &Caller, tx: &mut Tx, wanted: Option<Uuid>, action: &Action) -> Result<Option<Uuid>> {
    let own = wanted.is_some() && (wanted == can.user() || wanted == can.member());
    if own && action.name == campaigns::Create::ACTION.name {
        return Ok(can.user());
    }
    if can.grant.reach(action) != Reach::All {
        return Err(Error::refused(
            Step::Reach,
            "reach: only who reaches every campaign may change whose a campaign is",
        ));
    }
    let Some(id) = wanted else { return Ok(None) };
    match members::user_of(can, tx, id).await? {
        Some(user) => Ok(Some(user)),
        None => Err(Error::invalid("body/owned_by must be an accepted member of the workspace")),
    }
}

/// Bytes of settings: a page holds a hundred campaigns.
const LARGEST: usize = 512 * 1024;

/// Of the fields that `changed` names.
pub async fn check(
    can: &Caller,
    tx: &mut Tx,
    campaign: &mut Campaign,
    changed: impl Fn(&str) -> bool,
) -> Result<()> {
    if serde_json::to_vec(&campaign.settings).map_err(Error::internal)?.len() > LARGEST {
        return Err(Error::invalid("body must have at most 512 KB of sequences and settings"));
    }
    if changed("collaborators") {
        campaign.collaborators.sort_unstable();
        campaign.collaborators.dedup();
        let ids = &campaign.collaborators;
        if members::count_accepted(can, &mut *tx, ids).await? < ids.len() as i64 {
            return Err(Error::invalid("body/collaborators must be accepted members of the workspace"));
        }
    }
    if changed("email_tag_list") {
        custom_tags::store::known(can, tx, "email_tag_list", &campaign.settings.email_tag_list).await?;
    }
    if changed("email_list") {
        let senders = Senders::of(can, tx, campaign.owned_by).await?;
        for address in &campaign.settings.email_list {
            if !senders.may_use(can, tx, address).await? {
                return Err(Error::invalid(format!(
                    "body/email_list must be sending accounts that the campaign's owner may use; `{address}` is none"
                )));
            }
        }
    }
    Ok(())
}

/// Which sending accounts an owner may use: those assigned to him, and with reach `all` those assigned to
/// nobody. A campaign without an owner belongs to reach `all`.
pub struct Senders {
    member: Option<Uuid>,
    unassigned: bool,
}

impl Senders {
    pub async fn of(can: &Caller, tx: &mut Tx, owner: Option<Uuid>) -> Result<Senders> {
        let Some(user) = owner else { return Ok(Senders { member: None, unassigned: true }) };
        let member = members::accepted_by_id(can, &mut *tx, user).await?;
        let grant = match member {
            Some(member) => Grant::of_member(can.workspace(), member, can.now(), tx).await?,
            None => None,
        };
        let reach = grant.map(|grant| grant.reach(accounts::Use::ACTION));
        Ok(Senders { member, unassigned: reach == Some(Reach::All) })
    }

    async fn may_use(&self, can: &Caller, tx: &mut Tx, address: &str) -> Result<bool> {
        let found = sql("select a.id from accounts a where a.workspace_id = $1 and a.email = $2 \
             and ((a.assigned_to is null and $3) or a.assigned_to = $4)")
        .bind(can.workspace())
        .bind(address.trim().to_lowercase())
        .bind(self.unassigned)
        .bind(self.member)
        .optional::<Uuid>(tx);
        Ok(found.await?.is_some())
    }

    /// Whether a campaign has at least one account that can send: by its list, or by its tags.
    pub async fn any(&self, can: &Caller, tx: &mut Tx, campaign: &Campaign) -> Result<bool> {
        for address in &campaign.settings.email_list {
            if self.may_use(can, tx, address).await? {
                return Ok(true);
            }
        }
        let tagged = sql("select a.id from accounts a join custom_tag_mappings g \
             on g.workspace_id = a.workspace_id and g.resource_id = a.id \
             where a.workspace_id = $1 and ((a.assigned_to is null and $2) or a.assigned_to = $3) \
             and g.tag_id in ({tags}) limit 1")
        .bind(can.workspace())
        .bind(self.unassigned)
        .bind(self.member)
        .fill_ids("{tags}", &campaign.settings.email_tag_list)
        .optional::<Uuid>(tx);
        Ok(tagged.await?.is_some())
    }
}

/// A limited caller's new campaign carries the tags that put it inside every limit.
pub async fn tags_of_limit(can: &Caller, tx: &mut Tx) -> Result<Vec<Uuid>> {
    let limits = &can.grant.limits;
    let Some((first, rest)) = limits.split_first() else { return Ok(vec![]) };
    let shared: Vec<Uuid> =
        first.iter().copied().filter(|tag| rest.iter().all(|limit| limit.contains(tag))).collect();
    let wanted = if shared.is_empty() { limits.concat() } else { shared };
    let tags = custom_tags::store::existing(can, tx, &wanted).await?;
    let inside = limits.iter().all(|limit| limit.iter().any(|tag| tags.contains(tag)));
    match inside {
        true => Ok(tags),
        false => Err(Error::refused(
            Step::Reach,
            format!(
                "reach: `{}` would make a campaign outside your tag limit, whose tags are gone",
                campaigns::Create::ACTION.name
            ),
        )),
    }
}
