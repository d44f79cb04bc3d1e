//! A person: name, address and password; a new password by a mailed link; and the first person of all, who sets the
//! server up.

mod choose;
mod email;
mod link;
mod pages;
mod password;
mod profile;
mod reset;
mod routes;
pub mod setup;
pub mod store;
pub use choose::{Chosen, chosen};
pub use link::{Link, Use};
pub use routes::router;

use crate::http::absent_not_null;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    pub id: Uuid,
    pub first_name: String,
    pub last_name: String,
    /// To sign in with, and for notices.
    pub email: String,
    /// Whether a mail to it was answered.
    pub email_verified: bool,
    pub timestamp_created: Time,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, extend("minProperties" = 1))]
#[expect(dead_code, reason = "the schema of the fields that a PATCH may name")]
pub struct Patch {
    #[schemars(transform = absent_not_null, length(min = 1, max = 80), regex(pattern = r"\S"))]
    first_name: Option<String>,
    #[schemars(transform = absent_not_null, length(max = 80))]
    last_name: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NewEmail {
    #[schemars(email, length(max = 254))]
    pub email: String,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NewPassword {
    /// The present one; left out by who has none yet.
    #[schemars(length(max = 128))]
    pub current_password: Option<String>,
    /// 15 characters or more; 8 with a second factor.
    #[schemars(length(min = 8, max = 128))]
    pub password: String,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Token {
    /// What stands behind `#` in the link.
    #[schemars(length(max = 200))]
    pub token: String,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ByLink {
    /// What stands behind `#` in the link.
    #[schemars(length(max = 200))]
    pub token: String,
    /// 15 characters or more; 8 with a second factor.
    #[schemars(length(min = 8, max = 128))]
    pub password: String,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SetUp {
    /// What stands behind `#` in the link that `gatepost serve` printed.
    #[schemars(length(max = 200))]
    pub token: String,
    #[schemars(length(min = 1, max = 80), regex(pattern = r"\S"))]
    pub first_name: String,
    #[schemars(length(max = 80))]
    pub last_name: String,
    #[schemars(email, length(max = 254))]
    pub email: String,
    /// 15 characters or more.
    #[schemars(length(min = 8, max = 128))]
    pub password: String,
    #[schemars(length(min = 1, max = 200), regex(pattern = r"\S"))]
    pub workspace_name: String,
}

/// What was done, in words.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Done {
    pub message: String,
}

impl Done {
    fn of(message: &str) -> Done {
        Done { message: message.to_owned() }
    }
}
