//! Changes a member or an invitation.

use super::guard::{guard, keeps_limit, within_own};
use super::keys::KeysMade;
use super::{Patch, Revoke, handed, subject};
use crate::access::{Caller, Can, workspace_members::*};
use crate::audit::Change;
use crate::error::Result;
use crate::resources::members::{self, WorkspaceMember};
use crate::resources::{accounts, custom_tags};
use std::slice::from_mut;
use uuid::Uuid;

pub async fn update(can: Can<Update>, id: Uuid, patch: Patch, revoke: Revoke) -> Result<WorkspaceMember> {
    can.write(async move |can, tx| {
        let mut before = members::find(can, &mut *tx, id).await?;
        handed::show(can, &mut *tx, from_mut(&mut before)).await?;
        let after = patch.over(&before);
        let new_rights = after.role != before.role || after.tag_limit != before.tag_limit;
        if new_rights {
            may_change_rights(can, &before, &after)?;
        }
        if let Some(limit) = patch.tag_limit.get() {
            custom_tags::known(can, &mut *tx, "tag_limit", limit.as_deref().unwrap_or_default()).await?;
        }
        members::update(can, tx, &after).await?;
        let keys = match after.role != before.role {
            true => Some(KeysMade::by(can, tx, id, revoke.revoke_keys).await?),
            false => None,
        };
        let mut left = accounts::LeftBehind::default();
        if new_rights {
            left.taken_off_campaigns = accounts::settle(can, tx, after.user_id).await?;
        }
        let change = |after| Change::updated(subject(id), &before, after).with(left);
        Ok(match keys {
            Some(keys) => keys.recorded(can, change, after),
            None => change(after),
        })
    })
    .await
}

fn may_change_rights(can: &Caller, before: &WorkspaceMember, after: &WorkspaceMember) -> Result<()> {
    can.also::<ChangeRole>()?;
    guard(can, Some(before.role), Some(after.role))?;
    within_own(can, before.permissions.as_deref())?;
    keeps_limit(can, before.tag_limit.as_deref(), after.tag_limit.as_deref())
}
