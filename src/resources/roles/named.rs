//! The custom role that a body names, and the role of a member.

use super::{WorkspaceRole, store};
use crate::access::{Caller, Cells, EffectiveRole};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::resources::members::WorkspaceMember;
use uuid::Uuid;

/// By name or id. Foreign and missing ones get the same error.
pub async fn named(can: &Caller, tx: &mut Tx, field: &str, wanted: &str) -> Result<WorkspaceRole> {
    let found = match wanted.parse::<Uuid>() {
        Ok(id) => can.own::<WorkspaceRole>(tx, id).await?,
        Err(_) => store::by_name(can, tx, wanted).await?,
    };
    found.ok_or_else(|| {
        Error::Invalid(format!("{field} must be the name or id of a custom role of this workspace"))
    })
}

/// The role that a member has now.
pub async fn effective(can: &Caller, tx: &mut Tx, member: &WorkspaceMember) -> Result<EffectiveRole> {
    let Some(custom) = &member.custom_role else { return Ok(member.role.into()) };
    let found = can.own::<WorkspaceRole>(tx, custom.id).await?;
    let none = || EffectiveRole::custom(member.role, Cells::default());
    Ok(found.map_or_else(none, |role| role.effective()))
}
