//! Signing in: a password or a passkey, a second factor where there is one, and then a session. A session is a
//! principal like a key; what it may do is the member's, in the workspace in which it acts.
//!
//! Every refusal has the same text, at the cost of one Argon2, whether the address has a user or not.

mod answer;
mod begin;
mod challenge;
mod passkey;
mod password;
mod routes;
mod second;
pub mod store;

pub use answer::Signed;
pub use begin::{Home, Proof, Start, device, homes, knows_device, token};
pub use challenge::{Answered, Asked, ask_to_enrol, asked_to_enrol, spend};
pub use password::{known_device, password_of, shared_tries, tries, tries_in_person, tries_of_one};
pub use routes::router;

use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Milliseconds between the first factor and the second.
pub const PENDING: i64 = 10 * Time::MINUTE;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Password {
    #[schemars(email, length(max = 254))]
    pub email: String,
    #[schemars(length(min = 1, max = 128))]
    pub password: String,
    /// Where to act; where one was last, unless given.
    pub workspace_id: Option<Uuid>,
}

/// One of `code`, `recovery_code`, and `challenge` with `credential`.
#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Second {
    /// What the authenticator app shows.
    #[schemars(length(max = 12))]
    pub code: Option<String>,
    #[schemars(length(max = 64))]
    pub recovery_code: Option<String>,
    /// From `POST /auth/passkey/challenge`.
    #[schemars(length(max = 8000))]
    pub challenge: Option<String>,
    /// What the passkey answers: the browser's `PublicKeyCredential` as JSON.
    pub credential: Option<serde_json::Value>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ByPasskey {
    /// From `POST /auth/passkey/challenge`.
    #[schemars(length(max = 8000))]
    pub challenge: String,
    /// What the passkey answers: the browser's `PublicKeyCredential` as JSON.
    pub credential: serde_json::Value,
    /// Where to act; where one was last, unless given.
    pub workspace_id: Option<Uuid>,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Next {
    /// Nothing: signed in.
    Done,
    /// `POST /auth/second-factor`.
    SecondFactor,
    /// The workspace requires a second factor: `POST /api/v2/me/factors/totp`, or a passkey.
    EnrolSecondFactor,
}

/// The session is in the cookie.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SignedIn {
    pub next: Next,
    /// What can be shown as the second factor, where that is next: `totp`, `passkey`, `recovery_code`.
    pub second_factors: Vec<String>,
    pub session_id: Uuid,
    pub user_id: Uuid,
    pub workspace_id: Uuid,
    pub workspace_name: String,
    /// When it ends if it is not used.
    pub expires_at: Time,
}
