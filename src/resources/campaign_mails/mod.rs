//! The mails of campaigns: which mail an account sends next, the checks before it leaves, and what becomes of it.
//!
//! - Accounts are scheduled, and not leads. An account that is due is claimed by a lease, and looks for its best mail.
//! - The mail server has the whole mail before one transaction checks every rule again and writes that the mail leaves.
//!   This is called arming. Only then the final dot goes out.
//! - A step has at most one final dot. A send that was armed and has no result can have left, so it is never sent again.
//! - The mail leaves with the rights of the campaign's owner, which are read again in that transaction.

mod answer;
mod arm;
mod book;
mod complete;
mod deliver;
mod facts;
mod lead;
mod look;
mod opt_out;
mod pick;
mod pump;
mod render;
mod rights;
mod routes;
mod status;
mod store;
mod taken;
mod trouble;
mod words;
pub use answer::SendingStatus;
pub use opt_out::links;
pub use pump::{drain, run};
pub use routes::operations;
pub use status::status;

use crate::access::{Caller, Can, campaigns::Launch};
use crate::app::App;
use crate::net::delivery::Patience;
use crate::sending::gates::{Gate, Stop};
use crate::time::Time;
use uuid::Uuid;

/// The claim of an account. It is valid until the lease is over, or somebody claims the account again.
#[derive(Clone, Debug)]
pub struct Claim {
    pub workspace: Uuid,
    pub account: Uuid,
    lease: Uuid,
    fence: i64,
    /// How often something had woken the account before.
    wakes: i64,
}

/// How the server works on the accounts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pace {
    pub patience: Patience,
}

/// A step of a campaign that a lead gets.
#[derive(Clone, Copy, Debug)]
struct Place {
    campaign: Uuid,
    lead: Uuid,
    /// From 0.
    step: i64,
}

/// The server itself, in a workspace. It reads and writes facts with this. Changes go through `Can::write`.
fn itself(app: &App, workspace: Uuid) -> Caller {
    Caller::clone(&Can::<Launch>::unattended(app, workspace))
}

/// A gate that is closed, without a time at which it opens.
fn closed(gate: Gate) -> Stop {
    Stop { gate, until: None }
}

/// The earlier of two times, if there are any.
fn sooner(one: Option<Time>, other: Option<Time>) -> Option<Time> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
