//! Background work. A job is a row, written in the transaction of the change that asks for it, so neither
//! exists without the other. A runner in each process claims jobs that are due and works on them in steps.
//!
//! - A claim is a lease that expires. If a runner dies, the next runner gets its job. If it was only slow, it
//!   finds at its next step that another runner holds the lease, and that step does not commit.
//! - A step commits its work and its progress in one transaction: after a crash it was done once or not at
//!   all. Effects outside the database, such as mail, happen at least once.
//! - Work that somebody asked for is done with their rights, which are checked again at each step.

mod mark;
pub mod outbox;
mod prune;
mod runner;
mod store;

pub use mark::{forget, mark, remember};
pub use prune::prune;
pub use runner::{cause, drain, moment, run};
pub use store::{Progress, advance, cancel, cancel_of, count_of, depths, enqueue};

use crate::access::{Answer, Asker, Caller};
use crate::app::App;
use crate::error::{Error, Result};
use crate::time::Time;
use serde_json::Value;
use std::pin::Pin;
use uuid::Uuid;

/// The kinds of work. The wire names those for moving and importing leads and for warm-up. The other names are ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    AssignLeads,
    ImportLeads,
    Mail,
    MoveAccounts,
    MoveLeads,
    SetInterest,
    UpdateWarmupAccounts,
    VerifyLeads,
}

impl Kind {
    const ALL: [Kind; 8] = [
        Kind::AssignLeads,
        Kind::ImportLeads,
        Kind::Mail,
        Kind::MoveAccounts,
        Kind::MoveLeads,
        Kind::SetInterest,
        Kind::UpdateWarmupAccounts,
        Kind::VerifyLeads,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Kind::AssignLeads => "assign-leads",
            Kind::ImportLeads => "import-leads",
            Kind::Mail => "mail",
            Kind::MoveAccounts => "move-accounts",
            Kind::MoveLeads => "move-leads",
            Kind::SetInterest => "update-interest-status",
            Kind::UpdateWarmupAccounts => "update-warmup-accounts",
            Kind::VerifyLeads => "verify-leads",
        }
    }

    /// Whether a job goes to the end of the queue after each step, because its steps wait for other
    /// servers. The jobs of one workspace then do not delay those of others.
    fn takes_turns(self) -> bool {
        self == Kind::VerifyLeads
    }

    fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A job that is not stored yet.
pub struct New {
    pub kind: Kind,
    pub user: Option<Uuid>,
    pub data: Value,
    pub sealed: Option<String>,
    pub about: Option<String>,
    pub asker: Option<Asker>,
}

impl New {
    /// A job that a caller asks for. It runs with the caller's rights.
    pub fn asked(can: &Caller, kind: Kind, data: Value) -> New {
        New { kind, user: can.user(), data, sealed: None, about: None, asker: Some(can.asker()) }
    }
}

/// A claimed job and its lease.
#[derive(Clone, Debug)]
pub struct Claim {
    pub workspace: Uuid,
    pub id: String,
    pub kind: Kind,
    pub data: Value,
    pub sealed: Option<String>,
    pub asker: Option<Asker>,
    pub position: Option<String>,
    /// The number of claims since its last progress, including this one.
    pub attempts: i64,
    pub created_at: Time,
    pub lease: Uuid,
}

impl Claim {
    /// The principal whose rights the job has. The job fails without one.
    pub fn asker(&self) -> Result<&Asker> {
        self.asker.as_ref().ok_or_else(|| Error::invalid("the job has no caller"))
    }

    /// The id of the last record of the step before, for a job that goes through records by their ids.
    pub fn after(&self) -> Result<Uuid> {
        let last = self.position.as_deref().map(str::parse).transpose().map_err(Error::internal)?;
        Ok(last.unwrap_or(Uuid::nil()))
    }

    /// The progress after a step that ended with this record.
    pub fn progress(&self, last: Option<&Uuid>, (percent, done): (i64, bool), data: Value) -> Progress {
        let position = last.map(Uuid::to_string).or_else(|| self.position.clone());
        Progress { position, percent: if done { 100 } else { percent }, data, done }
    }
}

/// How much of a job is done, in percent. Only a job that has ended has 100.
pub fn percent(seen: i64, total: i64) -> i64 {
    (seen * 100).checked_div(total).unwrap_or(0).clamp(0, 99)
}

/// The outcome of a step.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The step committed its work and its progress.
    Moved(Progress),
    /// The work is done, but the outcome is not recorded yet.
    Done,
    /// To be retried later.
    Later(String),
    /// Not to be retried.
    Failed(String),
    /// A letter that was permanently refused.
    Bounced(String),
}

/// Leaves the transaction, but never leaves the server.
impl Answer for Outcome {
    type Seen = Outcome;
    fn seen_by(self, _: &Caller) -> Outcome {
        self
    }
}

/// Does one step of a claimed job, by calling the resource that the job belongs to.
pub type Work = fn(App, Claim) -> Step;
pub type Step = Pin<Box<dyn Future<Output = Result<Outcome>> + Send>>;
