//! Who would gain and lose what by a change to a role.

use super::cells::cells;
use super::{Trial, WorkspaceRole, store};
use crate::access::{
    ACTIONS, Can, EffectiveRole, Permission, Reach, api_keys as keys, roles::Read, workspace_members,
};
use crate::error::{Error, Result};
use crate::resources::api_keys;
use crate::resources::members::KeyMade;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// The most members that a preview names.
pub const NAMED: i64 = 1000;

#[derive(Serialize, JsonSchema)]
pub struct Preview {
    /// The permissions that would reach further.
    pub gains: Vec<Moved>,
    /// The permissions that would reach less far.
    pub loses: Vec<Moved>,
    /// How many members and invitations have the role.
    pub members: i64,
    /// These members and invitations, oldest first; 1000 at most. Left out for callers who cannot see members.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<Vec<Having>>,
    /// The live workspace keys that these members have made, if the change takes rights away. They would keep the rights that
    /// they have, unless they are revoked. Left out for callers who cannot see API keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys_made: Option<Vec<KeyMade>>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MovedPermission")]
pub struct Moved {
    pub permission: &'static str,
    pub from: Reach,
    pub to: Reach,
}

/// A member or an invitation with the role.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "MemberWithRole")]
pub struct Having {
    pub id: Uuid,
    pub email: String,
    pub accepted: bool,
}

pub async fn preview(can: &Can<Read>, id: Uuid, trial: &Trial) -> Result<Preview> {
    let role: WorkspaceRole = can.find(can.reader(), id).await?;
    let wanted = cells(role.base, trial.permissions.as_ref(), trial.without.as_deref())?;
    let wanted = wanted.ok_or_else(|| Error::invalid("body must have required property 'permissions'"))?;
    let (was, is) = (role.effective(), EffectiveRole::custom(role.base, wanted));
    let loses = moved(&is, &was, |row| (was.reach(row), is.reach(row)));
    let shown = !loses.is_empty() && can.may(keys::Read::ACTION);
    Ok(Preview {
        gains: moved(&was, &is, |row| (was.reach(row), is.reach(row))),
        loses,
        members: role.members,
        who: match can.may(workspace_members::Read::ACTION) {
            true => Some(store::having(can, id, NAMED).await?),
            false => None,
        },
        keys_made: if shown { Some(api_keys::keys_made(can, can.reader(), id).await?) } else { None },
    })
}

/// The rows in which `further` reaches further than `less`.
fn moved(
    less: &EffectiveRole,
    further: &EffectiveRole,
    of: impl Fn(&crate::access::Action) -> (Reach, Reach),
) -> Vec<Moved> {
    let rows = ACTIONS.iter().filter(|row| !less.reach(row).covers(further.reach(row)));
    rows.map(|row| {
        let (from, to) = of(row);
        Moved { permission: row.name, from, to }
    })
    .collect()
}
