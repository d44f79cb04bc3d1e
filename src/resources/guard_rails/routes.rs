use super::{DryRun, Patch};
use crate::access::{Can, GuardRails, guard_rails::*};
use crate::error::Result;
use crate::http::{Json, Nothing};
use crate::resources::operations;

operations! {
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
    super::show(&can).await.map(Json)
}

async fn update(can: Can<Update>, Json(patch): Json<Patch>) -> Result<Json<GuardRails>> {
    super::update(can, patch).await.map(Json)
}

async fn try_out(can: Can<Read>, Json(patch): Json<Patch>) -> Result<Json<DryRun>> {
    super::dry_run(&can, patch).await.map(Json)
}
