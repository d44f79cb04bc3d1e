use super::cells::cells;
use super::guard::may_define;
use super::{Lowering, Patch, WorkspaceRole, store};
use crate::access::{Caller, Can, Cells, EffectiveRole, Permission, accounts::Use, roles::Update};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::Result;
use crate::resources::accounts::{self, LeftBehind};
use crate::resources::api_keys::KeysMade;
use uuid::Uuid;

/// Changes a role for all who have it. Their next request is decided by the new cells.
pub async fn update(can: Can<Update>, id: Uuid, patch: Patch, lowering: Lowering) -> Result<WorkspaceRole> {
    can.write(async move |can, tx| {
        let before: WorkspaceRole = can.find(&mut *tx, id).await?;
        let (permissions, without) = (patch.permissions.get(), patch.without.get());
        let mut after = patch.over(&before);
        if let Some(cells) = cells(before.base, permissions, without.map(Vec::as_slice))? {
            after = after.with(cells);
        }
        changed(can, tx, (before, after), lowering.revoke_keys).await
    })
    .await
}

/// Gives a role other cells, in a transaction that the caller has begun.
pub async fn update_part(
    can: &Can<Update>,
    tx: &mut Tx,
    id: Uuid,
    cells: &Cells,
) -> Result<Change<WorkspaceRole>> {
    let before: WorkspaceRole = can.find(&mut *tx, id).await?;
    let after = before.clone().with(cells.clone());
    changed(can, tx, (before, after), false).await
}

async fn changed(
    can: &Can<Update>,
    tx: &mut Tx,
    (before, mut after): (WorkspaceRole, WorkspaceRole),
    revoke_keys: bool,
) -> Result<Change<WorkspaceRole>> {
    after.timestamp_updated = can.now();
    let (was, is) = (before.effective(), after.effective());
    may_define(can, Some(&was), Some(&is))?;
    if after.name != before.name {
        after.check_name(can, tx).await?;
    }
    can.update(tx, &after).await?;
    let keys = match is.covers(&was) {
        true => None,
        false => Some(KeysMade::by(can, tx, before.id, revoke_keys).await?),
    };
    let left = settle(can, tx, before.id, (&was, &is)).await?;
    after.keys_made = keys.as_ref().and_then(|keys| keys.shown(can));
    let change = Change::updated(before.subject(), &before, after).with(left);
    Ok(match keys {
        Some(keys) => keys.recorded(can, change),
        None => change,
    })
}

/// The campaigns of members with the role lose the sending accounts that their owners can no longer use. If the
/// members get another role, call this first, with the rights that they will have.
pub async fn settle(
    can: &Caller,
    tx: &mut Tx,
    role: Uuid,
    (was, is): (&EffectiveRole, &EffectiveRole),
) -> Result<LeftBehind> {
    let mut left = LeftBehind::default();
    if was.reach(Use::ACTION) != is.reach(Use::ACTION) {
        for user in store::users(can, tx, role).await? {
            left.taken_off_campaigns.extend(accounts::settle(can, tx, user).await?);
        }
    }
    Ok(left)
}
