use super::delegation::Patch;
use super::overview::{Overview, Slice};
use super::{Admin, New, WorkspaceGroupMember};
use crate::access::{Can, Delegation, workspace_group_members::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Answer, Id, Json, Nothing, Page, Paging, Path, Query, Unread, ours};
use aide::axum::ApiRouter;
use aide::axum::routing::{get, get_with, patch_with, post_with};

pub fn router() -> ApiRouter<App> {
    let at = "/api/v2/workspace-group-members";
    ApiRouter::new()
        .api_route(at, get(list).post(create))
        .api_route("/api/v2/workspace-group-members/admin", get(admin))
        .api_route("/api/v2/workspace-group-members/admin/delegation", patch_with(delegate, ours))
        .api_route("/api/v2/workspace-group-members/overview", get_with(group, ours))
        .api_route("/api/v2/workspace-group-members/{id}", get(show).delete(end))
        .api_route("/api/v2/workspace-group-members/{id}/accept", post_with(accept, ours))
        .api_route("/api/v2/workspace-group-members/{id}/reject", post_with(reject, ours))
        .route("/workspace-groups/accept", axum::routing::get(async || ACCEPT.page()))
        .route("/workspace-groups/reject", axum::routing::get(async || REJECT.page()))
}

const ACCEPT: Answer = Answer {
    title: "Join a group of workspaces",
    intro: "Another workspace invites yours into its group. Sign in as the owner of your workspace to see who invites you \
            and what they could do.",
    meaning: "If you accept, people and API keys of that workspace can work in yours.",
    effects: &[
        "They act as an admin at most. They cannot delete your workspace or change its owner.",
        "Everything that they change is in your audit log.",
        "You can limit or pause their access at any time, and leave the group when you want.",
    ],
    button: "Accept",
    action: "/api/v2/workspace-group-members/{id}/accept",
    refused: "The invitation was not accepted. Only the owner of the invited workspace can accept it, and only while the \
              workspace is in no other group.",
    done: "Invitation accepted",
    outcome: "Your workspace is in the group now.",
};

const REJECT: Answer = Answer {
    title: "Reject an invitation",
    intro: "Another workspace invites yours into its group. Sign in as the owner of your workspace to see who invites you \
            and to reject the invitation.",
    meaning: "If you reject the invitation, your workspace stays out of the group.",
    effects: &[],
    button: "Reject",
    action: "/api/v2/workspace-group-members/{id}/reject",
    refused: "The invitation was not rejected. Only the owner of the invited workspace can answer it.",
    done: "Invitation rejected",
    outcome: "Your workspace is not in the group.",
};

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

async fn delegate(can: Can<Delegate>, patch: Unread<Patch>) -> Result<Json<Delegation>> {
    super::delegate(can, patch.read().await?).await.map(Json)
}

async fn group(can: Can<Read>, Query(slice): Query<Slice>) -> Result<Json<Page<Overview>>> {
    super::overview(&can, &slice).await.map(Json)
}
