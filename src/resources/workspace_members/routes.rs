use super::accept::{self, Acceptance, Accepted};
use super::{Filter, Invited, New, Patch, Revoke, preview, v1};
use crate::access::{Can, Permission, open, workspace_members::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Page, Path, Query, Unread, anonymous, ours};
use crate::resources::members::{self, WorkspaceMember};
use crate::resources::people::Token;
use crate::resources::users::Visitor;
use aide::axum::ApiRouter;
use aide::axum::routing::{get, get_with, post_with};
use axum::extract::State;

pub fn router() -> ApiRouter<App> {
    let accept = anonymous(accept::LARGEST, post_with(accept, |op| ours(open(op, Accept::ACTION))));
    let by_link = anonymous(4 * 1024, post_with(show_invitation, |op| ours(open(op, Preview::ACTION))));
    ApiRouter::new()
        .api_route("/api/v2/workspace-members", get(list).post(create))
        .api_route("/api/v2/workspace-members/{id}", get(show).patch(update).delete(remove))
        .api_route("/api/v2/workspace-members/{id}/resend", post_with(resend, ours))
        .api_route("/api/v2/invitations/accept", accept)
        .api_route("/api/v2/invitations/show", by_link)
        .api_route("/api/v1/team/invite", post_with(invite_v1, ours))
        .api_route("/api/v1/team/members", get_with(members_v1, ours))
        .route("/invitations/accept", axum::routing::get(preview::page))
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<WorkspaceMember>>> {
    super::list(&can, filter).await.map(Json)
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<WorkspaceMember>> {
    super::show(&can, id).await.map(Json)
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<WorkspaceMember>> {
    super::invite(can, new).await.map(Json)
}

async fn update(
    can: Can<Update>,
    Path(Id { id }): Path<Id>,
    Query(revoke): Query<Revoke>,
    patch: Unread<Patch>,
) -> Result<Json<WorkspaceMember>> {
    members::find(&can, can.reader(), id).await?;
    super::update(can, id, patch.read().await?, revoke).await.map(Json)
}

async fn remove(
    can: Can<Delete>,
    Path(Id { id }): Path<Id>,
    Query(revoke): Query<Revoke>,
    _: Nothing,
) -> Result<Json<WorkspaceMember>> {
    super::remove(can, id, revoke).await.map(Json)
}

async fn resend(can: Can<Resend>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<WorkspaceMember>> {
    super::resend(can, id).await.map(Json)
}

async fn accept(
    State(app): State<App>,
    visitor: Visitor,
    Json(body): Json<Acceptance>,
) -> Result<Json<Accepted>> {
    super::accept(&app, visitor, body).await.map(Json)
}

async fn show_invitation(
    State(app): State<App>,
    visitor: Visitor,
    Json(body): Json<Token>,
) -> Result<Json<Invited>> {
    super::show_invitation(&app, visitor, &body.token).await.map(Json)
}

async fn invite_v1(can: Can<Create>, Json(wanted): Json<v1::Invitation>) -> Result<Json<v1::TeamMember>> {
    v1::invite(can, wanted).await.map(Json)
}

async fn members_v1(can: Can<Read>, _: Nothing) -> Result<Json<Vec<v1::TeamMember>>> {
    v1::members(&can).await.map(Json)
}
