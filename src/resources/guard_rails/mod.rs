//! What an admin workspace forbids in its sub-workspaces; and, before it is changed, what of the last month it would have
//! refused.

mod dry_run;
mod routes;
pub mod store;
pub use routes::router;

use crate::access::{Delegation, Role};
use crate::db::Json;
use crate::http::absent_not_null;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// The fields to change; those that are left out stay.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("minProperties" = 1))]
#[expect(dead_code, reason = "the schema of the fields that a PATCH may name")]
pub struct Patch {
    #[schemars(transform = absent_not_null)]
    no_exports: Option<bool>,
    #[schemars(transform = absent_not_null)]
    no_key_creation: Option<bool>,
    #[schemars(transform = absent_not_null)]
    second_factor_required: Option<bool>,
    /// Null for no limit.
    highest_role: Option<Role>,
}

/// What rails would have refused, of the changes and exports in the audit logs of the sub-workspaces.
#[derive(Serialize, JsonSchema)]
pub struct DryRun {
    /// Days that were looked at.
    pub days: i64,
    /// Calls that were looked at.
    pub looked_at: i64,
    pub refused: i64,
    /// By sub-workspace, permission and role; the most frequent first, 1000 at most.
    pub items: Vec<Refusal>,
}

#[derive(Serialize, JsonSchema)]
pub struct Refusal {
    pub workspace_id: Uuid,
    pub workspace_name: String,
    pub permission: String,
    pub role: Option<String>,
    pub reason: String,
    pub calls: i64,
}

/// Calls of one kind that somebody of one role made.
pub struct Past {
    pub workspace: Uuid,
    pub workspace_name: String,
    pub action: String,
    pub role: Option<String>,
    /// Of who was signed in: whether a second factor was shown.
    pub second_factor: Option<String>,
    pub calls: i64,
    /// What the sub-workspace leaves to who asks.
    pub delegation: Json<Delegation>,
}
