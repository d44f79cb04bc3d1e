//! The JSON face of moving accounts.

use super::MoveAccounts;
use super::dry_run::Plan;
use super::start::Moving;
use crate::access::{Can, accounts::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, ours};
use aide::axum::ApiRouter;
use aide::axum::routing::{post, post_with};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/accounts/move", post(start))
        .api_route("/api/v2/accounts/move/dry-run", post_with(dry_run, ours))
}

async fn start(can: Can<Move>, Json(wanted): Json<MoveAccounts>) -> Result<Json<Moving>> {
    super::start(can, wanted).await.map(Json)
}

async fn dry_run(can: Can<Preview>, Json(wanted): Json<MoveAccounts>) -> Result<Json<Plan>> {
    super::dry_run(can, wanted).await.map(Json)
}
