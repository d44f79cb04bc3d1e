//! Signing in: a password or a passkey, a second factor if there is one, and then a session. A session is a principal
//! like a key: it can do what the member can do in the workspace in which it acts.
//!
//! Every refusal has the same text and costs one Argon2, whether the address belongs to a user or not.

mod again;
mod begin;
mod failure;
pub mod pages;
mod passkey;
mod password;
mod proof;
mod reauthenticate;
mod routes;
mod second_factor;

pub use again::pages;
pub use begin::Start;
pub use passkey::{by_passkey, challenge};
pub use password::by_password;
pub use reauthenticate::reauthenticate;
pub use routes::operations;
pub use second_factor::second_factor;

use crate::http::absent_not_null;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Milliseconds between the first factor and the second.
const PENDING: i64 = 10 * 60 * 1000;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Password {
    #[schemars(email, length(max = 254))]
    pub email: String,
    #[schemars(length(min = 1, max = 128))]
    pub password: String,
    /// The workspace to act in. Without it, the workspace in which you acted last.
    pub workspace_id: Option<Uuid>,
}

/// One of `code`, `recovery_code`, and `challenge` with `credential`.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Second {
    /// The code that the authenticator app shows.
    #[schemars(length(max = 12))]
    pub code: Option<String>,
    #[schemars(length(max = 64))]
    pub recovery_code: Option<String>,
    /// From `POST /auth/passkey/challenge`.
    #[schemars(length(max = 8000))]
    pub challenge: Option<String>,
    /// The answer of the passkey: the browser's `PublicKeyCredential` as JSON.
    pub credential: Option<serde_json::Value>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ByPasskey {
    /// From `POST /auth/passkey/challenge`.
    #[schemars(length(max = 8000))]
    pub challenge: String,
    /// The answer of the passkey: the browser's `PublicKeyCredential` as JSON.
    pub credential: serde_json::Value,
    /// The workspace to act in. Without it, the workspace in which you acted last.
    pub workspace_id: Option<Uuid>,
}

/// `password`, with `code` or `recovery_code` if there is a second factor; or `challenge` with `credential`.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Again {
    #[schemars(transform = absent_not_null, length(min = 1, max = 128))]
    pub password: Option<String>,
    /// The code that the authenticator app shows.
    #[schemars(transform = absent_not_null, length(max = 12))]
    pub code: Option<String>,
    #[schemars(transform = absent_not_null, length(max = 64))]
    pub recovery_code: Option<String>,
    /// From `POST /auth/passkey/challenge`.
    #[schemars(transform = absent_not_null, length(max = 8000))]
    pub challenge: Option<String>,
    /// The answer of the passkey: the browser's `PublicKeyCredential` as JSON.
    pub credential: Option<serde_json::Value>,
}

/// What the person has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Next {
    /// Nothing: the person is signed in.
    Done,
    /// `POST /auth/second-factor`.
    SecondFactor,
    /// The workspace requires a second factor: `POST /api/v2/me/factors/totp`, or a passkey.
    EnrolSecondFactor,
}

/// The session itself is in the cookie.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SignedIn {
    pub next: Next,
    /// The second factors that the person can show, if that is next: `totp`, `passkey`, `recovery_code`.
    pub second_factors: Vec<String>,
    pub session_id: Uuid,
    pub user_id: Uuid,
    pub workspace_id: Uuid,
    pub workspace_name: String,
    /// When the session ends if it is not used.
    pub expires_at: Time,
}
