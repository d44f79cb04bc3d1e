//! What people do with their own account: name, address and password, a new password by a mailed link; and the first
//! person, who sets the server up.

mod email;
mod link;
mod me;
pub mod pages;
mod password;
mod profile;
mod reset;
mod routes;
pub mod setup;
mod store;

pub use email::{ask_email, confirm_email};
pub use link::{Shown, show_link};
pub use me::pages;
pub use password::change_password;
pub use profile::{show, update};
pub use reset::{ask_reset, confirm_reset, hand_over_link};
pub use routes::operations;

use crate::http::patch;
use crate::resources::users::Profile;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const NO_MAIL: &str =
    "this server sends no mail; ask its operator for a link: `gatepost admin user link ADDRESS`";

patch! {
    pub struct Patch of Profile {
        #[schemars(length(min = 1, max = 80), regex(pattern = r"\S"))]
        first_name: String,
        #[schemars(length(max = 80))]
        last_name: String,
    }
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
    /// Your current password; leave it out if you have none yet.
    #[schemars(length(max = 128))]
    pub current_password: Option<String>,
    /// 15 characters or more; 8 with a second factor.
    #[schemars(length(min = 8, max = 128))]
    pub password: String,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Token {
    /// The part of the link after `#`.
    #[schemars(length(max = 200))]
    pub token: String,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct ByLink {
    /// The part of the link after `#`.
    #[schemars(length(max = 200))]
    pub token: String,
    /// 15 characters or more; 8 with a second factor.
    #[schemars(length(min = 8, max = 128))]
    pub password: String,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SetUp {
    /// The part after `#` in the link that `gatepost serve` printed.
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
