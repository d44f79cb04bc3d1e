//! Removes a member or withdraws an invitation.

use super::guard::within_own;
use super::invitation;
use super::{Revoke, subject};
use crate::access::{Caller, Can, workspace_members::Delete};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::Result;
use crate::resources::accounts::{self, LeftBehind};
use crate::resources::api_keys::KeysMade;
use crate::resources::members::{self, WorkspaceMember};
use crate::resources::{api_keys, roles, sessions};
use uuid::Uuid;

pub async fn remove(can: Can<Delete>, id: Uuid, revoke: Revoke) -> Result<WorkspaceMember> {
    can.write(async move |can, tx| remove_part(can, tx, id, &revoke).await).await
}

/// The change in a transaction that the caller has begun.
pub async fn remove_part(
    can: &Can<Delete>,
    tx: &mut Tx,
    id: Uuid,
    revoke: &Revoke,
) -> Result<Change<WorkspaceMember>> {
    let mut member = members::find(can, &mut *tx, id).await?;
    let present = member.effective_role();
    roles::guard(can, Some(&present), None)?;
    within_own(can, member.permissions.as_deref())?;
    let keys = KeysMade::by(can, tx, id, revoke.revoke_keys).await?;
    let left = remove_member(can, tx, &member).await?;
    member.keys_made = keys.shown(can);
    Ok(keys.recorded(can, Change::deleted(subject(id), member).with(left)))
}

/// Removes a member with their personal keys, their sessions here and their open invitation. It returns which accounts are
/// unassigned now, and which campaigns lost accounts.
pub async fn remove_member(can: &Caller, tx: &mut Tx, member: &WorkspaceMember) -> Result<LeftBehind> {
    api_keys::revoke_personal(can, tx, member.id).await?;
    sessions::end_in_workspace(can, tx, member.user_id).await?;
    let unassigned_accounts = accounts::unassign(can, tx, member.id).await?;
    invitation::close(can, tx, member.id, &member.email).await?;
    members::delete(can, tx, member.id).await?;
    let taken_off_campaigns = accounts::settle(can, tx, member.user_id).await?;
    Ok(LeftBehind { unassigned_accounts, taken_off_campaigns })
}
