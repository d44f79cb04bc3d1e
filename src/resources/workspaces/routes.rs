use super::{Created, New, NewOwner, Patch, Workspace};
use crate::access::{Can, workspaces::*};
use crate::error::Result;
use crate::http::{Json, Nothing, Page, Paging, Query};
use crate::resources::operations;

operations! {
    /// List your workspaces
    ///
    /// A person who is signed in sees every workspace that they are a member of. An API key sees its own
    /// workspace.
    GET "/api/v2/workspaces" => list as "listWorkspaces" + ours;

    /// Create a workspace
    ///
    /// The caller owns it. The answer has a personal API key for it, which is not shown again. A person
    /// owns at most 20 workspaces.
    POST "/api/v2/workspaces" => create as "createWorkspace" with { "name": "Acme" } + ours;

    /// Get the current workspace
    ///
    /// The workspace of the API key or of the session.
    GET "/api/v2/workspaces/current" => show as "getWorkspace";

    /// Update the current workspace
    ///
    /// Changes only the fields that the body names. To change `strict_scopes`, or to make a role that
    /// manages members or keys the default, the caller also needs the permission `workspaces:set_rights`.
    PATCH "/api/v2/workspaces/current" => update as "patchWorkspace"
        with { "name": "Acme", "strict_scopes": true };

    /// Schedule the removal of the workspace
    ///
    /// The workspace closes 24 hours later: then everything in it answers 404. Until then the removal can
    /// be cancelled. A workspace that is scheduled already stays unchanged.
    POST "/api/v2/workspaces/current/schedule-for-removal" => schedule as "scheduleCurrentWorkspaceRemoval";

    /// Cancel the removal of the workspace
    ///
    /// A workspace that is not scheduled for removal stays unchanged.
    DELETE "/api/v2/workspaces/current/schedule-for-removal" => cancel as "cancelCurrentWorkspaceRemoval";

    /// Hand the workspace over to another owner
    ///
    /// Names a member by id, or by address together with the caller's password. The former owner becomes
    /// an admin. Both get a letter.
    POST "/api/v2/workspaces/current/change-owner" => change_owner as "changeWorkspaceOwner"
        with { "new_owner_id": "01890000-0000-7000-8000-000000000001" };
}

async fn list(can: Can<Read>, Query(paging): Query<Paging>) -> Result<Json<Page<Workspace>>> {
    super::list(&can, &paging).await.map(Json)
}

async fn show(can: Can<Read>, _: Nothing) -> Result<Json<Workspace>> {
    super::show(&can).await.map(Json)
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<Created>> {
    super::create(can, new).await.map(Json)
}

async fn update(can: Can<Update>, Json(patch): Json<Patch>) -> Result<Json<Workspace>> {
    super::update(can, patch).await.map(Json)
}

async fn schedule(can: Can<Delete>, _: Nothing) -> Result<Json<Workspace>> {
    super::schedule_removal(can).await.map(Json)
}

async fn cancel(can: Can<Delete>, _: Nothing) -> Result<Json<Workspace>> {
    super::cancel_removal(can).await.map(Json)
}

async fn change_owner(can: Can<ChangeOwner>, Json(wanted): Json<NewOwner>) -> Result<Json<Workspace>> {
    super::change_owner(can, wanted).await.map(Json)
}
