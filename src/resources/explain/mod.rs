//! What a caller is and may do (`/me`), and why, or why not (`/access/explain`). The evaluator that enforces is
//! the one that explains.

mod particulars;
mod routes;
mod store;
pub use particulars::{particulars, person};
pub use routes::router;
pub use store::{grant_of, sight};

use crate::access::{Role, Step, Verdict};
use crate::db::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Serialize, JsonSchema)]
pub struct Me {
    pub workspace_id: Uuid,
    pub workspace_name: String,
    /// `session`, `personal_key` or `workspace_key`.
    pub kind: &'static str,
    pub api_key_id: Option<Uuid>,
    pub member_id: Option<Uuid>,
    pub user_id: Option<Uuid>,
    pub email: Option<String>,
    /// Of a workspace key: its ceiling.
    pub role: Option<Role>,
    pub scopes: Option<Vec<String>>,
    /// What the caller may do, and how far it reaches.
    pub permissions: Vec<Held>,
    /// Tags outside which the caller sees and does nothing; null where there is no limit. Of several limits,
    /// every one holds.
    pub tag_limit: Option<Vec<Uuid>>,
    pub tag_limits: Vec<Vec<Uuid>>,
    pub expires_at: Option<Time>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "HeldPermission")]
pub struct Held {
    pub permission: &'static str,
    pub reach: &'static str,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Question {
    /// A member id, user id, e-mail address or key id; the caller unless given. For owner and admin.
    pub principal: Option<String>,
    /// A row of the access matrix, as `campaigns:launch`.
    pub permission: String,
    /// The id of a record of the permission's resource. To an owner or admin who asks about somebody else and may see the
    /// record, the answer names what stands in the way.
    pub record: Option<Uuid>,
}

#[derive(Serialize, JsonSchema)]
pub struct Explanation {
    pub permission: &'static str,
    pub allowed: bool,
    /// The first step that does not hold.
    pub refused_by: Option<Step>,
    /// Every step, in the order in which they are asked.
    pub steps: Vec<Verdict>,
}
