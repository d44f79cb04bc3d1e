//! The errors of the server, independent of HTTP. Only `http` knows the status codes.

use std::sync::Arc;

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The steps of the decision, in the order in which they are checked. Their names appear in explanations, in some
/// messages, and in the audit log of refused attempts.
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

/// `Clone`, because one failed COMMIT is the answer to every write of its group.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// Names the field and says what it must be.
    #[error("{0}")]
    Invalid(String),
    /// Access was refused at a step of the decision. If `hidden`, the answer is the same as for a missing record.
    #[error("{message}")]
    Refused { step: Step, message: String, hidden: bool },
    /// The plan of the workspace does not include the feature. The caller knows the workspace.
    #[error("the workspace's plan does not include `{0}`; the operator of this server can allow it")]
    NotInPlan(&'static str),
    /// The operator has not set up what the operation needs.
    #[error("{0}")]
    NotConfigured(&'static str),
    /// The call costs more credits than there are.
    #[error("{0}")]
    NoCredit(String),
    /// The same for a record that does not exist and for one that the caller must not know of.
    #[error("Resource not found")]
    NotFound,
    #[error("{0}")]
    NoRoute(String),
    #[error("{0}")]
    WrongMethod(String),
    #[error("{0}")]
    Conflict(String),
    /// It existed before, and will never exist again.
    #[error("{0}")]
    Gone(&'static str),
    /// Another row has the same unique key.
    #[error("already exists")]
    Taken,
    #[error("the body is larger than this operation takes")]
    TooLarge,
    /// The limit of a day is reached.
    #[error("{0}")]
    DailyLimit(String),
    /// The storage limit of the workspace is reached. The message says what is used, what the limit is, and what helps.
    #[error("{0}")]
    NoStorage(String),
    /// The answer would be too large.
    #[error("{0}")]
    TooMuch(String),
    #[error("the body did not arrive within 30 seconds")]
    TooSlow,
    /// Clients have not read other answers of this workspace yet.
    #[error(
        "the answers that clients of this workspace have not read yet fill its memory; read them, then try again"
    )]
    Unread,
    /// Also the signal to run a transaction again.
    #[error("the server is busy, try again")]
    Busy,
    /// Too many requests of one workspace or credential wait. Others are served.
    #[error("too many requests of this workspace are waiting; send fewer at once, and try again")]
    Crowded,
    #[error("the request took too long and was stopped; narrow the search, or ask for fewer records")]
    TookTooLong,
    /// The database is unreachable or cannot store. The caller is not the cause.
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

    /// A refusal that looks like a missing record to this caller.
    pub fn hidden_by(step: Step) -> Self {
        Self::Refused { step, message: Self::NotFound.to_string(), hidden: true }
    }

    /// The record does not exist, or is not visible to this caller.
    pub fn hidden() -> Self {
        Self::hidden_by(Step::Record)
    }

    /// A refusal that tells the caller which rule forbids the call.
    pub fn refused(step: Step, message: impl Into<String>) -> Self {
        Self::Refused { step, message: message.into(), hidden: false }
    }
}
