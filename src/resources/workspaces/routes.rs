use super::{Created, New, NewOwner, Patch, Workspace};
use crate::access::{Can, workspaces::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Nothing, Page, Paging, Query, Unread, ours};
use aide::axum::ApiRouter;
use aide::axum::routing::{get, get_with, post};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/workspaces", get_with(list, ours).post_with(create, ours))
        .api_route("/api/v2/workspaces/current", get(show).patch(update))
        .api_route("/api/v2/workspaces/current/schedule-for-removal", post(schedule).delete(cancel))
        .api_route("/api/v2/workspaces/current/change-owner", post(change_owner))
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

async fn update(can: Can<Update>, patch: Unread<Patch>) -> Result<Json<Workspace>> {
    super::update(can, patch.read().await?).await.map(Json)
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
