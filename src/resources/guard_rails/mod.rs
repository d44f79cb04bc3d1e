//! What an admin workspace forbids in its sub-workspaces; and, before a change, which calls of the last month it would have
//! refused.

mod dry_run;
mod pages;
mod routes;
mod store;
mod update;

pub use dry_run::dry_run;
pub use pages::pages;
pub use routes::operations;
pub use store::current;
pub use update::{merged, update, update_part};

use crate::access::{Can, Delegation, GuardRails, Role, guard_rails::Read};
use crate::db::Json;
use crate::error::Result;
use crate::http::patch;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

patch! {
    /// The fields to change; those that are left out stay.
    pub struct Patch of GuardRails {
        no_exports: bool,
        no_key_creation: bool,
        second_factor_required: bool,
        /// Null for no limit.
        highest_role: Option<Role>,
    }
}

/// Which changes and exports in the audit logs of the sub-workspaces the guard-rails would have refused.
#[derive(Serialize, JsonSchema)]
pub struct DryRun {
    /// How many days of the audit logs were read.
    pub days: i64,
    /// How many calls were checked.
    pub looked_at: i64,
    pub refused: i64,
    /// Grouped by sub-workspace, permission and role. The most frequent come first; 1000 at most.
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

/// Calls of one kind, made in one role.
pub struct Past {
    pub workspace: Uuid,
    pub workspace_name: String,
    pub action: String,
    pub role: Option<String>,
    /// Whether a signed-in person had shown a second factor; none for other callers.
    pub second_factor: Option<String>,
    pub calls: i64,
    /// What the sub-workspace allows the admin workspace.
    pub delegation: Json<Delegation>,
}

pub async fn show(can: &Can<Read>) -> Result<GuardRails> {
    store::current(can, can.reader()).await
}
