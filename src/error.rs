//! What can go wrong, said once and without a transport. `http` alone knows the status codes.

use std::sync::Arc;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The steps of the decision, in the order in which they are asked. The names appear in explanations, in the
/// messages where they help, and in the audit log of refused attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    Credential,
    Network,
    Rate,
    Workspace,
    Delegation,
    Scope,
    Role,
    GuardRail,
    Record,
    Reach,
}

impl Step {
    pub fn name(self) -> &'static str {
        match self {
            Step::Credential => "credential",
            Step::Network => "network",
            Step::Rate => "rate",
            Step::Workspace => "workspace",
            Step::Delegation => "delegation",
            Step::Scope => "scope",
            Step::Role => "role",
            Step::GuardRail => "guard-rail",
            Step::Record => "record",
            Step::Reach => "reach",
        }
    }
}

/// `Clone`, because one failed COMMIT is the answer to every job of its group.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Names the field and says what it must be.
    #[error("{0}")]
    Invalid(String),
    /// Access was refused at a step of the decision. Hidden: so that what is refused is as if it were not there.
    #[error("{message}")]
    Refused { step: Step, message: String, hidden: bool },
    /// The caller may know of the workspace, whose plan leaves the feature out.
    #[error("the workspace's plan does not include `{0}`; the operator of this server can allow it")]
    NotInPlan(&'static str),
    /// What is to be paid with credits is more than there are.
    #[error("{0}")]
    NoCredit(String),
    /// One for a record that is not there and one that the caller may not know of.
    #[error("Resource not found")]
    NotFound,
    #[error("{0}")]
    NoRoute(String),
    #[error("{0}")]
    WrongMethod(String),
    #[error("{0}")]
    Conflict(String),
    /// It was there, and will not be again.
    #[error("{0}")]
    Gone(&'static str),
    /// A key is another row's.
    #[error("already exists")]
    Taken,
    #[error("the body is larger than this operation takes")]
    TooLarge,
    /// There is a limit to this in a day.
    #[error("{0}")]
    DailyLimit(String),
    /// A bound of the workspace: what is used, what the bound is, and what helps.
    #[error("{0}")]
    NoStorage(String),
    /// The answer would be too large.
    #[error("{0}")]
    TooMuch(String),
    #[error("the body did not arrive within 30 seconds")]
    TooSlow,
    /// Other answers of this workspace wait until they are read.
    #[error(
        "the answers that clients of this workspace have not read yet fill its memory; read them, then try again"
    )]
    Unread,
    /// Also the signal to run a transaction again.
    #[error("the server is busy, try again")]
    Busy,
    /// Too much of one workspace or credential waits; others are served.
    #[error("too many requests of this workspace are waiting; send fewer at once, and try again")]
    Crowded,
    #[error("the request took too long and was stopped; narrow the search, or ask for fewer records")]
    TookTooLong,
    /// The database is gone, cut off, or cannot store: nothing that the caller did.
    #[error("the database is not available, try again later")]
    Unavailable(#[source] Arc<dyn std::error::Error + Send + Sync>),
    #[error("internal error")]
    Internal(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

impl Error {
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(Arc::from(cause.into()))
    }

    pub fn unavailable(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unavailable(Arc::from(cause.into()))
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid(message.into())
    }

    /// Something, whatever it is, that is not there for this caller.
    pub fn hidden_by(step: Step) -> Self {
        Self::Refused { step, message: Self::NotFound.to_string(), hidden: true }
    }

    /// A record that is not there for this caller.
    pub fn hidden() -> Self {
        Self::hidden_by(Step::Record)
    }

    /// A refusal of a member who may know what it was that he may not do.
    pub fn refused(step: Step, message: impl Into<String>) -> Self {
        Self::Refused { step, message: message.into(), hidden: false }
    }
}
