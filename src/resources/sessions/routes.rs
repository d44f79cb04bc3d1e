use super::{Destination, Ended, Session, Sessions, Signed, Which};
use crate::access::{Can, sessions::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Id, Json, Nothing, Path, Query, ours};
use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with, post_with};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/auth/sign-out", post_with(sign_out, ours))
        .api_route("/auth/switch", post_with(switch, ours))
        .api_route("/api/v2/me/sessions", get_with(list, ours).delete_with(end_all, ours))
        .api_route("/api/v2/me/sessions/{id}", delete_with(end, ours))
        .api_route("/api/v2/workspaces/current/sessions", delete_with(end_everybody, ours))
}

async fn list(can: Can<Read>, _: Nothing) -> Result<Json<Sessions>> {
    super::list(&can).await.map(Json)
}

async fn sign_out(can: Can<SignOut>, _: Nothing) -> Result<Signed<Ended>> {
    super::sign_out(can).await
}

async fn end(can: Can<End>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Session>> {
    super::end(can, id).await.map(Json)
}

async fn end_all(can: Can<End>, Query(which): Query<Which>, _: Nothing) -> Result<Json<Ended>> {
    super::end_all(can, which).await.map(Json)
}

async fn end_everybody(can: Can<EndAll>, _: Nothing) -> Result<Json<Ended>> {
    super::end_everybody(can).await.map(Json)
}

async fn switch(can: Can<Switch>, Json(to): Json<Destination>) -> Result<Json<Session>> {
    super::switch(can, to.workspace_id).await.map(Json)
}
