//! The sessions of a person: where they are signed in. One session can end, all others, all of a person, or all of a
//! workspace. A session that ended is deleted; what it did stays in the audit log.

mod answer;
mod end;
mod list;
mod pages;
mod routes;
mod store;
mod switch;
mod token;

pub use answer::Signed;
pub use end::{end, end_all, end_everybody, sign_out};
pub use list::list;
pub use pages::pages;
pub use pages::{END, END_EVERY, END_OTHERS};
pub use routes::operations;
pub use store::waiting::{Pending, end_pending, pending};
pub use store::{
    Reauthenticated, StartedSession, count_in_workspace, end_in_workspace, end_of_user, find, forget_factor,
    insert, note_factor, reauthenticated, renew,
};
pub use switch::switch;
pub use token::Token;

use crate::access::{Caller, Method, Session as Own};
use crate::audit::Subject;
use crate::error::{Error, Result};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Session {
    pub id: Uuid,
    /// Whether it is the session that makes this call.
    pub current: bool,
    /// The workspace in which it acts.
    pub workspace_id: Uuid,
    pub workspace_name: String,
    /// The name that the browser gives itself.
    pub device: Option<String>,
    /// The address from which the person signed in.
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

/// How many sessions were ended.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Ended {
    pub ended: u64,
}

#[derive(Deserialize, JsonSchema)]
pub struct Which {
    /// Keeps the session that makes this call. Without it, that one ends too.
    #[serde(default)]
    pub others: bool,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Destination {
    /// A workspace from `GET /api/v2/workspaces`.
    pub workspace_id: Uuid,
}

/// The user and the session that make this call.
pub fn own(can: &Caller) -> Result<(Uuid, Own)> {
    let both = can.user().zip(can.session());
    both.ok_or_else(|| Error::internal("a session without a user"))
}

pub fn subject(id: Uuid) -> Subject {
    Subject::new("session", id)
}
