//! Work behind the answer. A job is a row, written in the transaction of the change that asks for it, so that
//! neither is there without the other. A runner in each process claims what is due and works on it in steps.
//!
//! - A claim is a lease with an end. Whoever dies loses it to the next runner; whoever was only thought dead
//!   finds at its next step that the lease is another's, and that step does not commit.
//! - A step commits its work and how far it has come in one transaction: after a crash it was done once or not
//!   at all. What leaves the database, a mail, is done at least once.
//! - Work that somebody asked for is done by their right, asked again at each step.

mod mark;
pub mod outbox;
mod runner;
mod store;

pub use mark::{forget, mark, remember};
pub use runner::{drain, run};
pub use store::{Progress, advance, depths, enqueue, prune};

use crate::access::{Answer, Asker, Caller};
use crate::app::App;
use crate::error::Result;
use crate::time::Time;
use serde_json::Value;
use std::pin::Pin;
use uuid::Uuid;

/// What is done; the wire's names, and ours for mail and for moving accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Mail,
    MoveAccounts,
    UpdateWarmupAccounts,
}

impl Kind {
    const ALL: [Kind; 3] = [Kind::Mail, Kind::MoveAccounts, Kind::UpdateWarmupAccounts];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Mail => "mail",
            Kind::MoveAccounts => "move-accounts",
            Kind::UpdateWarmupAccounts => "update-warmup-accounts",
        }
    }

    fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A job to be.
pub struct New {
    pub kind: Kind,
    pub user: Option<Uuid>,
    pub data: Value,
    pub sealed: Option<String>,
    pub about: Option<String>,
    pub asker: Option<Asker>,
}

impl New {
    /// Of a caller, and done by his right.
    pub fn asked(can: &Caller, kind: Kind, data: Value) -> New {
        New { kind, user: can.user(), data, sealed: None, about: None, asker: Some(can.asker()) }
    }
}

/// A job under way, and the lease that says so.
#[derive(Clone, Debug)]
pub struct Claim {
    pub workspace: Uuid,
    pub id: String,
    pub kind: Kind,
    pub data: Value,
    pub sealed: Option<String>,
    pub asker: Option<Asker>,
    pub position: Option<String>,
    /// How often it was claimed since it last moved, this time included.
    pub attempts: i64,
    pub created_at: Time,
    pub lease: Uuid,
}

/// What became of a step.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It committed what it did, and how far it has come.
    Moved(Progress),
    /// It did all there is to do; nothing is written down yet.
    Done,
    /// To be tried again, a while later.
    Later(String),
    /// To be tried no more.
    Failed(String),
    /// A mail that was refused for good.
    Bounced(String),
}

/// It leaves the transaction, not the server.
impl Answer for Outcome {
    type Seen = Outcome;
    fn seen_by(self, _: &Caller) -> Outcome {
        self
    }
}

/// Does one step of a claimed job. What it calls is the resource's whose job it is.
pub type Work = fn(App, Claim) -> Step;
pub type Step = Pin<Box<dyn Future<Output = Result<Outcome>> + Send>>;
