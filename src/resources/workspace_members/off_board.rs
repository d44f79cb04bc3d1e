//! Removes a member, and gives what they had to others in the same transaction. Each kind of record is a part of the change,
//! with its own permission and its own audit row.

use super::handing::{Handed, Successors, hand_over, settle};
use super::{Revoke, belongings, remove_part, subject};
use crate::access::{Can, Step, workspace_members::Delete, workspace_members::OffBoard};
use crate::audit::Change;
use crate::error::{Error, Result};
use crate::resources::members::{self, WorkspaceMember};
use crate::resources::roles;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// Members are named by member id, user id or address.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct OffBoarding {
    /// The member who gets the campaigns, sending accounts, leads and lists for which no other field names a member.
    /// Null: nobody gets them.
    #[schemars(length(max = 254))]
    pub successor: Option<String>,
    /// The member who gets the campaigns.
    #[schemars(length(max = 254))]
    pub campaigns: Option<String>,
    /// The member who gets the sending accounts.
    #[schemars(length(max = 254))]
    pub accounts: Option<String>,
    /// The member who gets the leads.
    #[schemars(length(max = 254))]
    pub leads: Option<String>,
    /// The member who gets the lead lists, and the saved mappings of columns.
    #[schemars(length(max = 254))]
    pub lists: Option<String>,
    /// Also revokes the workspace keys that the member has made.
    #[serde(default)]
    pub revoke_keys: bool,
    /// The `state` of the belongings that you have seen. If they have changed, the answer is 409 and nothing happens.
    #[schemars(length(max = 128))]
    pub expect: Option<String>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OffBoarded {
    pub member: WorkspaceMember,
    #[serde(flatten)]
    pub handed: Handed,
}

pub async fn off_board(can: Can<OffBoard>, id: Uuid, wanted: OffBoarding) -> Result<OffBoarded> {
    can.write(async move |can, tx| {
        let member = members::find(can, &mut *tx, id).await?;
        may_leave(can, &member)?;
        if let Some(expected) = &wanted.expect
            && belongings::of(can, &mut *tx, &member).await?.state != *expected
        {
            let why = "What belongs to this member has changed since you looked. Load it again.";
            return Err(Error::Conflict(why.to_owned()));
        }
        let successors = Successors::of(can, tx, &member, &wanted).await?;
        let mut handed = hand_over(can, tx, &member, &successors).await?;
        let removal = can.part::<Delete>()?;
        let revoke = Revoke { revoke_keys: wanted.revoke_keys };
        let change = remove_part(&removal, tx, id, &revoke).await?;
        let member = removal.record(change, tx).await?;
        settle(can, tx, &successors, &mut handed).await?;
        let facts = json!({ "email": member.email, "successors": successors, "handed": handed });
        Ok(Change::new(subject(id), (), facts, OffBoarded { member, handed }))
    })
    .await
}

fn may_leave(can: &Can<OffBoard>, member: &WorkspaceMember) -> Result<()> {
    if Some(member.id) == can.member() {
        return Err(Error::refused(Step::Role, "role: you cannot off-board yourself; ask another admin"));
    }
    roles::guard(can, Some(&member.effective_role()), None)
}
