//! Changes the guard-rails of an admin workspace.

use super::{Patch, store};
use crate::access::{Can, GuardRails, Role, guard_rails::Update};
use crate::audit::{Change, Subject};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::resources::{campaigns, workspace_group_members as groups};

/// The guard-rails that the patch would make.
pub fn merged(patch: &Patch, before: &GuardRails) -> Result<GuardRails> {
    let after = patch.over(before);
    match after.highest_role {
        Some(Role::Owner) => Err(Error::invalid("body/highest_role must be below owner; null for no limit")),
        Some(_) | None => Ok(after),
    }
}

/// The sub-workspaces record the change too. Without exports, no campaign of theirs stays shared.
pub async fn update(can: Can<Update>, patch: Patch) -> Result<GuardRails> {
    can.write(async move |can, tx| update_part(can, tx, &patch).await).await
}

/// The change in a transaction that the caller has begun.
pub async fn update_part(can: &Can<Update>, tx: &mut Tx, patch: &Patch) -> Result<Change<GuardRails>> {
    let before = store::current(can, &mut *tx).await?;
    let after = merged(patch, &before)?;
    store::set(can, tx, &after).await?;
    let subs = groups::subs(can, tx).await?;
    if after.no_exports {
        campaigns::unshare_all(tx, &subs).await?;
    }
    let concerned = if after == before { vec![] } else { subs };
    let change = Change::updated(Subject::new("guard_rails", can.workspace()), &before, after);
    Ok(concerned.into_iter().fold(change, Change::also_in))
}
