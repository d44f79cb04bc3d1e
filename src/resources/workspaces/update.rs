//! Changes the settings of a workspace.

use super::{Patch, Workspace, store, subject};
use crate::access::{Caller, Can, ROLES, Role, Step, workspaces::*};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};

pub async fn update(can: Can<Update>, patch: Patch) -> Result<Workspace> {
    can.write(async move |can, tx| update_part(can, tx, &patch).await).await
}

/// The change in a transaction that the caller has begun.
pub async fn update_part(can: &Can<Update>, tx: &mut Tx, patch: &Patch) -> Result<Change<Workspace>> {
    let before = store::current(can, &mut *tx).await?;
    let after = Workspace { timestamp_updated: can.now(), ..patch.over(&before) };
    if after.default_member_role == Role::Owner {
        return Err(Error::invalid("body/default_member_role must not be owner: there is exactly one"));
    }
    if changes_rights(&before, &after) {
        can.also::<SetRights>()?;
    }
    let role = after.default_member_role;
    let covered = can.effective_role().is_some_and(|own| own.covers(&role.into()));
    if role != before.default_member_role && !covered {
        let why = "role: you cannot make a role the default that reaches further than your own";
        return Err(Error::refused(Step::Role, why));
    }
    store::update(can, tx, &after).await?;
    Ok(Change::updated(subject(&before), &before, after))
}

/// The roles that the caller can make the default.
pub fn open_defaults(can: &Caller) -> Vec<Role> {
    let covers = |role: &Role| can.effective_role().is_some_and(|own| own.covers(&(*role).into()));
    ROLES.iter().copied().filter(|role| *role != Role::Owner && covers(role)).collect()
}

/// Whether members or keys to come get other rights.
fn changes_rights(before: &Workspace, after: &Workspace) -> bool {
    after.default_member_role != before.default_member_role && after.default_member_role.manages()
        || after.strict_scopes != before.strict_scopes
}
