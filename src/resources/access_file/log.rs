//! The log of applications: when a file was applied, by whom, and why.

use crate::access::{Can, Resource, Shape, access::Plan as MayPlan};
use crate::db::stored;
use crate::error::Result;
use crate::http::Paging;
use crate::time::Time;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

/// A file that was applied.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AccessApplication")]
pub struct Application {
    /// The audit rows of the changes have it as `apply`.
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub timestamp_created: Time,
    /// The person's address, `key:<name>` for a workspace key, `operator` for the command line.
    pub user: String,
    pub because: String,
    pub file_sha256: String,
    pub state_before: String,
    pub state_after: String,
    /// How many changes were made.
    pub parts: i64,
    /// The first 500 changes.
    #[schemars(with = "Vec<serde_json::Map<String, Value>>")]
    pub changes: Value,
}

stored! { Application: "access_applications" as "x" {
    workspace workspace_id;
    fixed timestamp_created, user = "actor", because, file_sha256, state_before, state_after, parts;
    columns changes;
} }

impl Resource for Application {
    const SHAPE: Shape = Shape::of::<Application>();
}

/// Newest first.
pub async fn list(can: &Can<MayPlan>, paging: &Paging) -> Result<Vec<Application>> {
    can.list::<Application>(paging, |_| ()).all(can.reader()).await
}
