//! The credential that a caller presents, and the grant that it has now.

use super::{Asker, Grant, Lapsed, Principal};
use crate::auth;
use crate::db::{Lane, Source};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

/// The credential of a call. A write reads its grant again.
#[derive(Clone)]
pub(in crate::access) enum Presented {
    /// The hash of a key.
    Key(String),
    /// The hash of a session's token.
    Session(String),
    /// A session, by the hash of its token, in the workspace that the path of a page names.
    Visit {
        hash: String,
        workspace: Uuid,
    },
    /// The hash of an invitation's token.
    Invitation(String),
    /// A person who has authenticated by a password, a passkey or a mailed link.
    Person {
        workspace: Uuid,
        user: Uuid,
    },
    Operator {
        workspace: Uuid,
    },
    Server {
        workspace: Uuid,
    },
    /// The caller asked for a job, and their credential is no longer here.
    Asked(Asker),
}

impl From<auth::Credential> for Presented {
    fn from(credential: auth::Credential) -> Self {
        match credential {
            auth::Credential::Key(hash) => Presented::Key(hash),
            auth::Credential::Session(hash) => Presented::Session(hash),
        }
    }
}

impl Presented {
    /// The lane for the look-up, before the workspace is known.
    pub(in crate::access) fn lane(&self) -> Lane {
        match self {
            Presented::Key(hash) | Presented::Session(hash) | Presented::Visit { hash, .. } => {
                Lane::of_credential(hash)
            }
            Presented::Invitation(_)
            | Presented::Person { .. }
            | Presented::Operator { .. }
            | Presented::Server { .. }
            | Presented::Asked(_) => Lane::Server,
        }
    }

    /// The grant at present, or the message where there is none.
    pub(in crate::access) async fn grant(
        &self,
        now: Time,
        from: impl Into<Source<'_>>,
    ) -> Result<Result<Grant, &'static str>> {
        Ok(match self {
            Presented::Key(hash) => Grant::of_key(hash, now, from).await?.ok_or(auth::UNKNOWN),
            Presented::Session(hash) => Grant::of_session(hash, now, from).await?.ok_or(auth::ENDED),
            Presented::Visit { hash, workspace } => {
                Grant::of_visit(hash, *workspace, now, from).await?.ok_or(auth::ENDED)
            }
            Presented::Person { workspace, user } => {
                Grant::of_person(*workspace, *user, now, from).await?.ok_or(auth::ENDED)
            }
            Presented::Operator { workspace } => Ok(Grant::operator(*workspace)),
            Presented::Server { workspace } => Ok(Grant::server(*workspace)),
            Presented::Asked(asker) => asker.grant(now, from).await?.ok_or(auth::UNKNOWN),
            Presented::Invitation(hash) => invitee(hash, now, from).await?.ok_or(auth::UNKNOWN),
        })
    }
}

/// The grant of the person who holds the link of an open invitation. An invitation that has lapsed for any other reason
/// than that it is not accepted yet is not open.
pub(in crate::access) async fn invitee<'a>(
    hash: &str,
    now: Time,
    from: impl Into<Source<'a>>,
) -> Result<Option<Grant>> {
    let grant = Grant::of_invitation(hash, now, from).await?;
    let open = grant.filter(|grant| grant.lapsed == Some(Lapsed::NotAccepted));
    Ok(open.map(|grant| Grant { principal: Principal::Invitee, lapsed: None, ..grant }))
}
