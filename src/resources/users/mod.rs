//! The user record: one person on this server, whatever workspaces they belong to. It holds what several resources need
//! of a person: the record, the password, mailed links, known devices, and the limits on tries at secrets.

mod choose;
mod device;
mod link;
mod notice;
mod store;
mod tries;
mod visitor;

pub use choose::{Choice, Chosen, choose};
pub use device::{device, known_device, knows_device};
pub use link::Link;
pub use notice::notify;
pub use store::links::{OpenLink, close_links, find as find_link, open_link, shown_link, use_link};
pub use store::{
    NewUser, act_in, by_address, full_name, has_long_password, has_password, home, homes, insert,
    insert_verified, is_taken, password_hash, profile, reset_password, set_email, set_name, set_password,
};
pub use tries::{password_of, shared_tries, tries, tries_in_person, tries_of_one};
pub use visitor::Visitor;

use crate::access::{Caller, LoginPolicy};
use crate::error::{Error, Result};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What signing in needs to know of a user.
#[derive(Clone)]
pub struct User {
    pub id: Uuid,
    pub password_hash: Option<String>,
    pub password_chosen_at: Time,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    pub id: Uuid,
    pub first_name: String,
    pub last_name: String,
    /// The address for signing in and for notices.
    pub email: String,
    /// Whether the user has proven that the address is theirs.
    pub email_verified: bool,
    pub timestamp_created: Time,
}

impl Profile {
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }

    /// Words that the password must not consist of.
    pub fn words(&self) -> Vec<String> {
        vec![
            self.first_name.clone(),
            self.last_name.clone(),
            format!("{}{}", self.first_name, self.last_name),
            self.email.clone(),
        ]
    }
}

/// A workspace in which a user is an accepted member.
#[derive(Clone, Debug)]
pub struct Home {
    pub workspace: Uuid,
    pub name: String,
    pub policy: LoginPolicy,
}

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    Password,
    Email,
}

impl LinkKind {
    pub fn name(self) -> &'static str {
        match self {
            LinkKind::Password => "password",
            LinkKind::Email => "email",
        }
    }

    fn path(self) -> &'static str {
        match self {
            LinkKind::Password => "reset",
            LinkKind::Email => "email",
        }
    }
}

/// The user behind a session.
pub fn own(can: &Caller) -> Result<Uuid> {
    can.user().ok_or_else(|| Error::internal("a session without a user"))
}
