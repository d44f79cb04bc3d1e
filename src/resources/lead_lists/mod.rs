//! Lists of leads that are in no campaign. They are the team's; a caller with a tag limit sees none, for a list
//! carries no tag.

mod routes;
pub mod store;
pub use routes::router;

use crate::access::Shape;
use crate::db::record;
use crate::http::{absent_not_null, lenient};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub const SHAPE: Shape = Shape {
    team: Some("true"),
    owner: Some("i.owned_by"),
    ..Shape::bare("lead_lists i", "i.id", "i.workspace_id")
};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct LeadList {
    pub id: Uuid,
    pub organization_id: Uuid,
    #[serde(default)]
    pub has_enrichment_task: Option<bool>,
    /// The user who owns it; none for what a workspace key made.
    #[serde(default)]
    pub owned_by: Option<Uuid>,
    pub name: String,
    pub timestamp_created: Time,
}
record! { LeadList {
    id = "i.id", organization_id = "i.workspace_id", has_enrichment_task = "i.has_enrichment_task",
    owned_by = "i.owned_by", name = "i.name", timestamp_created = "i.timestamp_created"
} }

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, transform = lenient)]
pub struct New {
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    pub has_enrichment_task: Option<bool>,
    /// The caller, unless given; only who reaches every list may name another.
    pub owned_by: Option<Uuid>,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, transform = lenient, extend("minProperties" = 1))]
#[expect(dead_code, reason = "the schema of the fields that a PATCH may name")]
pub struct Patch {
    #[schemars(transform = absent_not_null, length(min = 1, max = 200))]
    name: Option<String>,
    has_enrichment_task: Option<bool>,
    owned_by: Option<Uuid>,
}

/// How the verification of a list's leads went.
#[derive(Serialize, JsonSchema)]
pub struct VerificationStats {
    pub stats: Stats,
    #[schemars(with = "f64")]
    pub total_leads: i64,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Stats {
    #[schemars(with = "f64", default)]
    pub verified: i64,
    #[schemars(with = "f64", default)]
    pub invalid: i64,
    #[schemars(with = "f64", default)]
    pub risky: i64,
    #[schemars(with = "f64", default)]
    pub catch_all: i64,
    #[schemars(with = "f64", default)]
    pub job_change: i64,
    #[schemars(with = "f64", default)]
    pub verification_job_pending_leadfinder: i64,
    #[schemars(with = "f64", default)]
    pub verification_job_pending_user: i64,
}
