//! Where a person is signed in, and how that ends: one session, all others, all devices, or everybody of a workspace.
//! A session that is ended is gone; what it did is in the audit log.

mod again;
mod routes;
pub mod store;
pub use routes::router;

use crate::access::Method;
use crate::http::absent_not_null;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Session {
    pub id: Uuid,
    /// The one that asks.
    pub current: bool,
    /// Where it acts.
    pub workspace_id: Uuid,
    pub workspace_name: String,
    /// What the browser calls itself.
    pub device: Option<String>,
    /// From which it was begun.
    pub ip_address: String,
    pub method: Method,
    pub second_factor: bool,
    pub timestamp_created: Time,
    /// To within a minute.
    pub last_seen_at: Time,
}

#[derive(Serialize, JsonSchema)]
pub struct Sessions {
    pub items: Vec<Session>,
}

/// How many sessions are ended.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Ended {
    pub ended: u64,
}

#[derive(Deserialize, JsonSchema)]
struct Which {
    /// All but the one that asks; unless given, that one too.
    #[serde(default)]
    others: bool,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Switch {
    /// One of `GET /api/v2/workspaces`.
    workspace_id: Uuid,
}

/// The password, with `code` or `recovery_code` where there is a second factor; or a passkey's answer.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
struct Again {
    #[schemars(transform = absent_not_null, length(min = 1, max = 128))]
    password: Option<String>,
    /// What the authenticator app shows.
    #[schemars(transform = absent_not_null, length(max = 12))]
    code: Option<String>,
    #[schemars(transform = absent_not_null, length(max = 64))]
    recovery_code: Option<String>,
    /// From `POST /auth/passkey/challenge`.
    #[schemars(transform = absent_not_null, length(max = 8000))]
    challenge: Option<String>,
    /// What the passkey answers: the browser's `PublicKeyCredential` as JSON.
    credential: Option<serde_json::Value>,
}
