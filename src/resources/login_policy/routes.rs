use super::{DryRun, Patch};
use crate::access::{Can, LoginPolicy, login_policy::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Nothing, Unread, ours};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/workspaces/current/login-policy", get_with(show, ours).patch_with(update, ours))
        .api_route("/api/v2/workspaces/current/login-policy/dry-run", post_with(try_out, ours))
}

async fn show(can: Can<Read>, _: Nothing) -> Result<Json<LoginPolicy>> {
    super::show(&can).await.map(Json)
}

async fn update(can: Can<Update>, patch: Unread<Patch>) -> Result<Json<LoginPolicy>> {
    super::update(can, patch.read().await?).await.map(Json)
}

async fn try_out(can: Can<Read>, patch: Unread<Patch>) -> Result<Json<DryRun>> {
    super::dry_run(&can, patch.read().await?).await.map(Json)
}
