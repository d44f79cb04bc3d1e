//! Changes a member or an invitation.

use super::guard::{keeps_limit, within_own};
use super::invite::custom;
use super::{Patch, Revoke, handed, subject};
use crate::access::{Caller, Can, workspace_members::*};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::Result;
use crate::resources::api_keys::KeysMade;
use crate::resources::members::{self, WorkspaceMember};
use crate::resources::roles;
use crate::resources::{accounts, custom_tags};
use std::slice::from_mut;
use uuid::Uuid;

pub async fn update(can: Can<Update>, id: Uuid, patch: Patch, revoke: Revoke) -> Result<WorkspaceMember> {
    can.write(async move |can, tx| update_part(can, tx, id, &patch, &revoke).await).await
}

/// The change in a transaction that the caller has begun.
pub async fn update_part(
    can: &Can<Update>,
    tx: &mut Tx,
    id: Uuid,
    patch: &Patch,
    revoke: &Revoke,
) -> Result<Change<WorkspaceMember>> {
    let mut before = members::find(can, &mut *tx, id).await?;
    handed::show(can, &mut *tx, from_mut(&mut before)).await?;
    let mut after = wanted(can, tx, patch, &before).await?;
    let new_role = after.role != before.role || after.custom_role != before.custom_role;
    let new_rights = new_role || after.tag_limit != before.tag_limit;
    if new_rights {
        can.also::<ChangeRole>()?;
        roles::guard(can, Some(&before.effective_role()), Some(&after.effective_role()))?;
        within_own(can, before.permissions.as_deref())?;
        keeps_limit(can, before.tag_limit.as_deref(), after.tag_limit.as_deref())?;
    }
    if let Some(limit) = patch.tag_limit.get() {
        custom_tags::known(can, &mut *tx, "tag_limit", limit.as_deref().unwrap_or_default()).await?;
    }
    members::update(can, tx, &after).await?;
    let keys = match new_role {
        true => Some(KeysMade::by(can, tx, id, revoke.revoke_keys).await?),
        false => None,
    };
    let mut left = accounts::LeftBehind::default();
    if new_rights {
        left.taken_off_campaigns = accounts::settle(can, tx, after.user_id).await?;
    }
    after.keys_made = keys.as_ref().and_then(|keys| keys.shown(can));
    let change = Change::updated(subject(id), &before, after).with(left);
    Ok(match keys {
        Some(keys) => keys.recorded(can, change),
        None => change,
    })
}

/// The member as the body wants them. A built-in role takes a custom one away.
async fn wanted(
    can: &Caller,
    tx: &mut Tx,
    patch: &Patch,
    before: &WorkspaceMember,
) -> Result<WorkspaceMember> {
    let mut after = patch.over(before);
    let role = patch.role.get().copied();
    match (patch.custom_role.get(), role) {
        (Some(Some(name)), _) => {
            let custom = custom(can, tx, name, role).await?;
            (after.role, after.custom_role) = (custom.base, Some(custom.label()));
        }
        (Some(None), _) | (None, Some(_)) => after.custom_role = None,
        (None, None) => (),
    }
    Ok(after)
}
