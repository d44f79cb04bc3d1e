//! What happens with the first factor of a person, and with the last.

use super::codes::hashes;
use super::{PASSKEY, store};
use crate::access::{Caller, Method, Step};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::mail::letters::Notice;
use crate::resources::{sessions, users};
use uuid::Uuid;

fn sign_in_again() -> Error {
    Error::refused(Step::Credential, "credential: sign in again with your second factor")
}

/// A session without a second factor cannot enrol a further one. Otherwise somebody with a stolen password could enrol
/// their own and keep access.
pub async fn may_enrol(can: &Caller, user: Uuid) -> Result<()> {
    let shown = can.session().is_some_and(|session| session.second_factor);
    match shown || store::kinds(can.reader(), user).await?.is_empty() {
        true => Ok(()),
        false => Err(sign_in_again()),
    }
}

/// Marks the session as one with a second factor. With the first factor, all other sessions end, because they have shown
/// none, and the person gets recovery codes.
pub async fn enrolled(
    can: &Caller,
    tx: &mut Tx,
    user: Uuid,
    first: bool,
    codes: &[String],
) -> Result<Option<Vec<String>>> {
    let session = can.session().ok_or_else(|| Error::internal("enrolled without a session"))?;
    if !first && !session.second_factor {
        return Err(sign_in_again());
    }
    sessions::note_factor(tx, user, session.id).await?;
    tell(can, tx, Notice::FactorAdded).await?;
    if !first {
        return Ok(None);
    }
    sessions::end_of_user(tx, user, Some(session.id)).await?;
    store::replace_codes(tx, user, &hashes(codes)).await?;
    Ok(Some(codes.to_vec()))
}

pub async fn tell(can: &Caller, tx: &mut Tx, notice: Notice) -> Result<()> {
    match can.email() {
        Some(email) => users::notify(can, tx, email, notice).await,
        None => Ok(()),
    }
}

/// Ends all other sessions: the factor may be lost, and they may have started with it. The recovery codes are deleted
/// with the last factor. The last factor stays if a workspace of the person requires one, or if their password is too
/// short without one.
pub async fn removed(can: &Caller, tx: &mut Tx, user: Uuid) -> Result<()> {
    tell(can, tx, Notice::FactorRemoved).await?;
    let session = can.session().map(|session| session.id);
    sessions::end_of_user(tx, user, session).await?;
    let kinds = store::kinds(&mut *tx, user).await?;
    let homes = users::homes(&mut *tx, user, can.now()).await?;
    let by_passkey = |home: &users::Home| home.policy.methods == [Method::Passkey];
    if homes.iter().any(by_passkey) && !kinds.iter().any(|kind| kind == PASSKEY) {
        let why = "a workspace of yours accepts only passkeys: enrol another one first";
        return Err(Error::Conflict(why.to_owned()));
    }
    if !kinds.is_empty() {
        return Ok(());
    }
    if homes.iter().any(|home| home.policy.requires_factor(can.now())) {
        let why = "a workspace of yours requires a second factor: enrol another one first";
        return Err(Error::Conflict(why.to_owned()));
    }
    if !users::has_long_password(tx, user).await? {
        return Err(Error::Conflict(
            "without a second factor you need a password of 15 characters or more: change it first"
                .to_owned(),
        ));
    }
    if let Some(session) = session {
        sessions::forget_factor(tx, user, session).await?;
    }
    store::replace_codes(tx, user, &[]).await
}
