//! Background jobs as the wire shows them. `jobs` does the work. Mail is not shown here.

mod list;
mod pages;
mod routes;
mod store;
pub use list::{list, show};
pub use pages::pages;
pub use routes::operations;
pub use store::started;

use crate::access::{Caller, Permission, Reach, Shape, accounts, leads, partial};
use crate::http::absent_not_null;
use crate::time::Time;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Jobs that the caller started, or all. It is not called `SHAPE`, because nobody can ask about a job in
/// `access/explain`: the ids of jobs on the wire are not UUIDs.
pub const JOBS: Shape = Shape { owner: Some("j.user_id"), ..Shape::bare("jobs j", "j.id", "j.workspace_id") };

/// The wire's kinds of jobs. This server does some of them.
const KINDS: [&str; 13] = [
    "move-leads",
    "import-leads",
    "export-leads",
    "update-warmup-accounts",
    "rename-variable",
    "broadcast-ai-generate",
    "broadcast-website-scrape",
    "import-subscribers-from-crm",
    "resync-subscriber-crm-tags",
    OURS[0],
    OURS[1],
    OURS[2],
    OURS[3],
];
/// The wire has no names for these kinds.
const OURS: [&str; 4] = ["move-accounts", "assign-leads", "update-interest-status", "verify-leads"];
/// What a job can concern.
const ENTITIES: [&str; 6] =
    ["list", "campaign", "workspace", "broadcast", "subscriber-group-sync", "subscriber-group"];

// `remote` generates the code that writes it out without making it `Serialize`: it leaves as its caller sees it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(remote = "Self")]
pub struct BackgroundJob {
    /// 24 hexadecimal digits.
    pub id: String,
    pub workspace_id: Uuid,
    /// The user who asked for it; null for a workspace key.
    pub user_id: Option<Uuid>,
    #[serde(rename = "type")]
    #[schemars(extend("enum" = KINDS, "x-gatepost-values" = OURS))]
    pub kind: String,
    pub entity_id: Option<Uuid>,
    #[schemars(default, extend("enum" = ENTITIES))]
    pub entity_type: String,
    #[schemars(with = "Data", default)]
    pub data: Map<String, Value>,
    /// Percent.
    #[schemars(with = "f64", extend("minimum" = 0, "maximum" = 100))]
    pub progress: i64,
    #[schemars(extend("enum" = ["pending", "in-progress", "success", "failed", "draining", "paused", "cancelled"]))]
    pub status: String,
    pub created_at: Time,
    pub updated_at: Time,
    /// Why it failed, or why it is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-gatepost-extension" = true))]
    pub error: Option<String>,
}

partial!(BackgroundJob, shown);

/// The data of another user's job can name sending accounts or leads. Only callers who see all of these see more than its
/// numbers.
fn shown(mut job: BackgroundJob, caller: &Caller) -> BackgroundJob {
    let own = job.user_id.is_some() && job.user_id == caller.user();
    let reaches_all = match job.kind.as_str() {
        "move-leads" | "assign-leads" | "update-interest-status" | "verify-leads" => {
            caller.reach(leads::Read::ACTION) == Reach::All
        }
        _ => matches!(caller.reach(accounts::Read::ACTION), Reach::All | Reach::Team),
    };
    let sees_all = reaches_all && caller.tag_limits().is_empty();
    if !own && !sees_all {
        job.data.retain(|_, value| value.is_number());
        job.error = None;
    }
    job
}

/// What the job concerns, and how far it has come.
#[derive(JsonSchema)]
#[schemars(inline)]
#[expect(dead_code, reason = "the schema of the fields that the wire names")]
struct Data {
    #[schemars(default, transform = absent_not_null)]
    moved_lead_emails: Option<Vec<String>>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}
