//! Tags on campaigns and sending accounts. They group, and they isolate: a tag limit keeps a member or key to
//! what carries one of its tags.

mod routes;
mod selection;
pub mod store;
mod toggle;
pub use routes::router;
pub use store::known;
pub use toggle::{ACCOUNT, CAMPAIGN};

use crate::access::Shape;
use crate::db::{Time, record};
use crate::http::{absent_not_null, lenient};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A limited caller sees the tags of its limit.
pub const SHAPE: Shape =
    Shape { tags: Some("select t.id"), ..Shape::bare("custom_tags t", "t.id", "t.workspace_id") };

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct CustomTag {
    pub id: Uuid,
    pub timestamp_created: Time,
    pub timestamp_updated: Time,
    pub organization_id: Uuid,
    /// Unique in the workspace, whatever its case.
    pub label: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}
record! { CustomTag { id, timestamp_created, timestamp_updated, organization_id = "workspace_id", label, description } }

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, transform = lenient)]
pub struct New {
    #[schemars(length(min = 1, max = 200), regex(pattern = r".*\S.*"))]
    pub label: String,
    #[schemars(length(max = 2000))]
    pub description: Option<String>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, transform = lenient, extend("minProperties" = 1))]
#[expect(dead_code, reason = "the schema of the fields that a PATCH may name")]
pub struct Patch {
    #[schemars(length(min = 1, max = 200), regex(pattern = r".*\S.*"), transform = absent_not_null)]
    label: Option<String>,
    #[schemars(length(max = 2000))]
    description: Option<String>,
}
