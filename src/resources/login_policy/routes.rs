use super::{DryRun, Patch};
use crate::access::{Can, LoginPolicy, login_policy::*};
use crate::error::Result;
use crate::http::{Json, Nothing};
use crate::resources::operations;

operations! {
    /// Get the login policy
    ///
    /// Shows how people may sign in to the workspace: by which methods, from which networks, with which
    /// second factor, and for how long.
    GET "/api/v2/workspaces/current/login-policy" => show as "getLoginPolicy" + ours;

    /// Update the login policy
    ///
    /// Takes effect at once, for sessions that are open too. Refused if the caller's own session would
    /// not satisfy the new policy.
    PATCH "/api/v2/workspaces/current/login-policy" => update as "patchLoginPolicy"
        with { "methods": ["passkey"], "idle_minutes": 480 } + ours;

    /// Preview another login policy
    ///
    /// Changes nothing. Lists the members whom the policy would lock out, and why.
    POST "/api/v2/workspaces/current/login-policy/dry-run" => try_out as "previewLoginPolicy"
        with { "methods": ["passkey"] } + ours;
}

async fn show(can: Can<Read>, _: Nothing) -> Result<Json<LoginPolicy>> {
    super::show(&can).await.map(Json)
}

async fn update(can: Can<Update>, Json(patch): Json<Patch>) -> Result<Json<LoginPolicy>> {
    super::update(can, patch).await.map(Json)
}

async fn try_out(can: Can<Read>, Json(patch): Json<Patch>) -> Result<Json<DryRun>> {
    super::dry_run(&can, patch).await.map(Json)
}
