//! The JSON face of background jobs.

use super::BackgroundJob;
use super::list::{Filter, Selection};
use crate::access::{Can, background_jobs::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Nothing, Page, Path, Query};
use aide::axum::{ApiRouter, routing::get};
use schemars::JsonSchema;
use serde::Deserialize;

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/background-jobs", get(list))
        .api_route("/api/v2/background-jobs/{id}", get(show))
}

#[derive(Deserialize, JsonSchema)]
struct JobId {
    id: String,
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<BackgroundJob, String>>> {
    super::list(can, filter).await.map(Json)
}

async fn show(
    can: Can<Read>,
    Path(JobId { id }): Path<JobId>,
    Query(selection): Query<Selection>,
    _: Nothing,
) -> Result<Json<BackgroundJob>> {
    super::show(can, &id, selection).await.map(Json)
}
