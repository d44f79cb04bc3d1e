//! The JSON face of background jobs.

use super::BackgroundJob;
use super::list::{Filter, Selection};
use crate::access::{Can, Seen, background_jobs::*};
use crate::error::Result;
use crate::http::{Json, Nothing, Page, Path, Query};
use crate::resources::operations;
use schemars::JsonSchema;
use serde::Deserialize;

operations! {
    /// List background jobs
    ///
    /// Newest first. Owners and admins see all jobs of the workspace. Other callers see the jobs that
    /// they started.
    GET "/api/v2/background-jobs" => list as "listBackgroundJob";

    /// Get a background job
    ///
    /// `progress` is a percentage. `status` says when the job has ended, and `data` what it did.
    GET "/api/v2/background-jobs/{id}" => show as "getBackgroundJob";
}

#[derive(Deserialize, JsonSchema)]
struct JobId {
    id: String,
}

async fn list(
    can: Can<Read>,
    Query(filter): Query<Filter>,
) -> Result<Json<Page<Seen<BackgroundJob>, String>>> {
    super::list(can, filter).await.map(Json)
}

async fn show(
    can: Can<Read>,
    Path(JobId { id }): Path<JobId>,
    Query(selection): Query<Selection>,
    _: Nothing,
) -> Result<Json<Seen<BackgroundJob>>> {
    super::show(can, &id, selection).await.map(Json)
}
