use super::delegation::Patch;
use super::overview::{Overview, Slice};
use super::{Admin, New, WorkspaceGroupMember};
use crate::access::{Can, Delegation, workspace_group_members::*};
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Page, Paging, Path, Query};
use crate::resources::operations;

operations! {
    /// List the workspaces of the group
    ///
    /// Newest first. An admin workspace sees its sub-workspaces and its open invitations. A sub-workspace
    /// sees its own link.
    GET "/api/v2/workspace-group-members" => list as "listWorkspaceGroupMember";

    /// Invite a workspace into the group
    ///
    /// Names the workspace by its id, or by the verified address of its owner. The owner gets a letter
    /// and must accept. A workspace can try 20 invitations a day.
    POST "/api/v2/workspace-group-members" => create as "createWorkspaceGroupMember"
        with { "email": "owner@client.example" };

    /// Get the admin workspace
    ///
    /// Shows the admin workspace of this workspace, what it may do here, its guard rails, and an
    /// invitation that waits for an answer.
    GET "/api/v2/workspace-group-members/admin" => admin as "getAdminWorkspaceGroupMember";

    /// Update what the admin workspace may do here
    ///
    /// Takes effect at once. `paused` stops everything that the admin workspace does here, until it is
    /// taken back.
    PATCH "/api/v2/workspace-group-members/admin/delegation" => delegate as "patchDelegation"
        with { "read_only": true } + ours;

    /// Get the figures of all sub-workspaces
    ///
    /// Counts members, campaigns, accounts and more of each sub-workspace. A figure is null where the
    /// sub-workspace does not show it to its admin workspace.
    GET "/api/v2/workspace-group-members/overview" => group as "getGroupOverview" + ours;

    /// Get a workspace of the group
    ///
    /// The id is that of the link between the two workspaces.
    GET "/api/v2/workspace-group-members/{id}" => show as "getWorkspaceGroupMember";

    /// Remove a sub-workspace, or leave the group
    ///
    /// Takes effect at once. Members and API keys that were made through the link are removed and
    /// revoked. Leaving takes the permission `workspace_group_members:leave`.
    DELETE "/api/v2/workspace-group-members/{id}" => end as "deleteWorkspaceGroupMember";

    /// Accept an invitation into a group
    ///
    /// People and API keys of the admin workspace can then act here as an admin at most, with the header
    /// `x-as-workspace`. Refused while this workspace has sub-workspaces of its own.
    POST "/api/v2/workspace-group-members/{id}/accept" => accept as "acceptGroupInvitation" + ours;

    /// Reject an invitation into a group
    ///
    /// This workspace stays in no group. The admin workspace can invite it again a day later.
    POST "/api/v2/workspace-group-members/{id}/reject" => reject as "rejectGroupInvitation" + ours;
}

async fn list(can: Can<Read>, Query(paging): Query<Paging>) -> Result<Json<Page<WorkspaceGroupMember>>> {
    super::list(&can, &paging).await.map(Json)
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<WorkspaceGroupMember>> {
    super::show(&can, id).await.map(Json)
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<WorkspaceGroupMember>> {
    super::invite(can, new).await.map(Json)
}

async fn end(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<WorkspaceGroupMember>> {
    super::end(can, id).await.map(Json)
}

async fn accept(
    can: Can<Accept>,
    Path(Id { id }): Path<Id>,
    _: Nothing,
) -> Result<Json<WorkspaceGroupMember>> {
    super::accept(can, id).await.map(Json)
}

async fn reject(
    can: Can<Reject>,
    Path(Id { id }): Path<Id>,
    _: Nothing,
) -> Result<Json<WorkspaceGroupMember>> {
    super::reject(can, id).await.map(Json)
}

async fn admin(can: Can<ReadAdmin>, _: Nothing) -> Result<Json<Admin>> {
    super::admin(&can).await.map(Json)
}

async fn delegate(can: Can<Delegate>, Json(patch): Json<Patch>) -> Result<Json<Delegation>> {
    super::delegate(can, patch).await.map(Json)
}

async fn group(can: Can<Read>, Query(slice): Query<Slice>) -> Result<Json<Page<Overview>>> {
    super::overview(&can, &slice).await.map(Json)
}
