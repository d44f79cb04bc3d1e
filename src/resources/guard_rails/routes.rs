use super::{DryRun, Patch, dry_run, store};
use crate::access::{Can, GuardRails, Role, guard_rails::*};
use crate::audit::{Change, Subject};
use crate::error::{Error, Result};
use crate::http::{Fields, Json, Nothing, Unread};
use crate::resources::campaigns;
use crate::resources::operations;
use crate::resources::workspace_group_members::store as groups;

operations! {
    router:

    /// Get the guard rails of sub-workspaces
    ///
    /// Shows what this admin workspace forbids in its sub-workspaces.
    GET "/api/v2/workspaces/current/guard-rails" => show as "getGuardRails" + ours;

    /// Update the guard rails of sub-workspaces
    ///
    /// Takes effect at once, for everybody in every sub-workspace. `no_exports` also ends the sharing of
    /// their campaigns. Each sub-workspace has an audit row of the change.
    PATCH "/api/v2/workspaces/current/guard-rails" => update as "patchGuardRails"
        with { "highest_role": "editor", "no_exports": true } + ours;

    /// Preview other guard rails
    ///
    /// Changes nothing. Says which recorded calls of the last 30 days in the sub-workspaces these guard
    /// rails would have refused. Reads are not recorded.
    POST "/api/v2/workspaces/current/guard-rails/dry-run" => try_out as "previewGuardRails"
        with { "highest_role": "editor" } + ours;
}

async fn show(can: Can<Read>, _: Nothing) -> Result<Json<GuardRails>> {
    store::current(&can, can.reader()).await.map(Json)
}

fn merged(patch: &Fields<Patch>, before: &GuardRails) -> Result<GuardRails> {
    let after: GuardRails = patch.over(before)?;
    match after.highest_role {
        Some(Role::Owner) => Err(Error::invalid("body/highest_role must be below owner; null for no limit")),
        Some(_) | None => Ok(after),
    }
}

async fn update(can: Can<Update>, patch: Unread<Patch>) -> Result<Json<GuardRails>> {
    let patch = patch.read().await?;
    let updated = can.write(async move |can, tx| {
        let before = store::current(can, &mut *tx).await?;
        let after = merged(&patch, &before)?;
        store::set(can, tx, &after).await?;
        let subs = groups::subs(can, tx).await?;
        if after.no_exports {
            campaigns::store::unshare_all(tx, &subs).await?;
        }
        let concerned = if after == before { vec![] } else { subs };
        let change = Change::updated(Subject::new("guard_rails", can.workspace()), &before, after);
        Ok(concerned.into_iter().fold(change, Change::also_in))
    });
    updated.await.map(Json)
}

async fn try_out(can: Can<Read>, patch: Unread<Patch>) -> Result<Json<DryRun>> {
    let patch = patch.read().await?;
    let rails = merged(&patch, &store::current(&can, can.reader()).await?)?;
    Ok(Json(dry_run::refused(&rails, store::past(&can).await?)))
}
