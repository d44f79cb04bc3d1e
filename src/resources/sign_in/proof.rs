//! What a person has shown of who they are.

use crate::access::{Method, Step};
use crate::auth;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::resources::factors::{self, Answered, Code};
use crate::resources::users;
use crate::time::Time;
use uuid::Uuid;

/// The first factor. The transaction that makes the session checks it again: a password that was changed, or a passkey
/// that was removed meanwhile, no longer counts.
#[derive(Clone)]
pub enum Proof {
    /// The stored hash that the password matches, and whether the password is long enough without a second factor.
    Password {
        hash: String,
        long: bool,
    },
    Passkey(Box<Answered>),
}

impl Proof {
    pub fn method(&self) -> Method {
        match self {
            Proof::Password { .. } => Method::Password,
            Proof::Passkey(_) => Method::Passkey,
        }
    }

    /// A passkey is two factors in one.
    pub fn is_whole(&self) -> bool {
        matches!(self, Proof::Passkey(_))
    }

    pub async fn spend(&self, user: Uuid, now: Time, tx: &mut Tx) -> Result<()> {
        let holds = match self {
            Proof::Password { hash, long } => users::has_password(tx, user, hash, *long).await?,
            Proof::Passkey(answered) => answered.spend(user, now, tx).await?,
        };
        if holds { Ok(()) } else { Err(Error::refused(Step::Credential, auth::ENDED)) }
    }
}

/// A second factor that was right when it was checked, before the transaction that spends it.
#[derive(Clone)]
pub enum Second {
    Code(Code),
    /// The hash of a recovery code.
    Recovery(String),
    Passkey(Box<Answered>),
}

impl Second {
    /// Whether it still counts. Each counts once.
    pub async fn spend(&self, user: Uuid, now: Time, tx: &mut Tx) -> Result<bool> {
        match self {
            Second::Code(code) => factors::use_code(tx, user, *code, now).await,
            Second::Recovery(hash) => factors::use_recovery_code(tx, user, hash).await,
            Second::Passkey(answered) => answered.spend(user, now, tx).await,
        }
    }

    pub fn name(&self) -> &'static str {
        match self {
            Second::Code(_) => "totp",
            Second::Recovery(_) => "recovery_code",
            Second::Passkey(_) => "passkey",
        }
    }
}
