//! What a caller shows to be believed, and what it opens at present.

use super::{Asker, Grant, Principal};
use crate::auth;
use crate::db::{Lane, Source};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

/// What the caller showed; the write door reads it again.
#[derive(Clone)]
pub(super) enum Shown {
    /// The hash of a key.
    Key(String),
    /// The hash of a session's token.
    Session(String),
    /// The hash of an invitation's token.
    Invitation(String),
    /// Who he is, by a password, a passkey or a mailed link.
    Person {
        workspace: Uuid,
        user: Uuid,
    },
    Operator {
        workspace: Uuid,
    },
    /// Nothing: who asked for a job is not here any more.
    Asked(Asker),
}

impl From<auth::Credential> for Shown {
    fn from(credential: auth::Credential) -> Self {
        match credential {
            auth::Credential::Key(hash) => Shown::Key(hash),
            auth::Credential::Session(hash) => Shown::Session(hash),
        }
    }
}

impl Shown {
    /// Where it is looked up before its workspace is known.
    pub(super) fn lane(&self) -> Lane {
        match self {
            Shown::Key(hash) | Shown::Session(hash) => Lane::of_credential(hash),
            Shown::Invitation(_) | Shown::Person { .. } | Shown::Operator { .. } | Shown::Asked(_) => {
                Lane::Server
            }
        }
    }

    /// What it opens at present, or what is said where it opens nothing.
    pub(super) async fn grant(
        &self,
        now: Time,
        from: impl Into<Source<'_>>,
    ) -> Result<Result<Grant, &'static str>> {
        Ok(match self {
            Shown::Key(hash) => Grant::of_key(hash, now, from).await?.ok_or(auth::UNKNOWN),
            Shown::Session(hash) => Grant::of_session(hash, now, from).await?.ok_or(auth::ENDED),
            Shown::Person { workspace, user } => {
                Grant::of_person(*workspace, *user, now, from).await?.ok_or(auth::ENDED)
            }
            Shown::Operator { workspace } => Ok(Grant::operator(*workspace)),
            Shown::Asked(asker) => asker.grant(now, from).await?.ok_or(auth::UNKNOWN),
            Shown::Invitation(hash) => invitee(hash, now, from).await?.ok_or(auth::UNKNOWN),
        })
    }
}

/// What the link of an open invitation lets its holder do.
pub(super) async fn invitee<'a>(hash: &str, now: Time, from: impl Into<Source<'a>>) -> Result<Option<Grant>> {
    let grant = Grant::of_invitation(hash, now, from).await?;
    let open = grant.filter(|grant| grant.lapsed.is_some());
    Ok(open.map(|grant| Grant { principal: Principal::Invitee, lapsed: None, ..grant }))
}
