//! What comes with the first factor, and goes with the last.

use super::{PASSKEY, store};
use crate::access::{Caller, Method, Step};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::mail::letters::Notice;
use crate::resources::{people, sessions, sign_in};
use uuid::Uuid;

/// A session that was begun before there was a factor does not enrol another one beside it: whoever has stolen a
/// password would let himself in for good.
pub async fn may_enrol(can: &Caller, user: Uuid) -> Result<()> {
    let shown = can.session().is_some_and(|session| session.second_factor);
    match shown || store::kinds(can.reader(), user).await?.is_empty() {
        true => Ok(()),
        false => Err(Error::refused(Step::Credential, "credential: sign in again with your second factor")),
    }
}

/// The session in which a factor was enrolled has shown it; of the first, all others end, which have not. Answers the
/// recovery codes that come with the first.
pub async fn enrolled(
    can: &Caller,
    tx: &mut Tx,
    user: Uuid,
    first: bool,
    codes: &[String],
) -> Result<Option<Vec<String>>> {
    let session = can.session().ok_or_else(|| Error::internal("enrolled without a session"))?;
    if !first && !session.second_factor {
        return Err(Error::refused(Step::Credential, "credential: sign in again with your second factor"));
    }
    sessions::store::has_shown_factor(tx, user, session.id, true).await?;
    tell(can, tx, Notice::FactorAdded).await?;
    if !first {
        return Ok(None);
    }
    sessions::store::end_others(tx, user, Some(session.id)).await?;
    store::replace_codes(tx, user, codes).await?;
    Ok(Some(codes.to_vec()))
}

pub async fn tell(can: &Caller, tx: &mut Tx, notice: Notice) -> Result<()> {
    match can.email() {
        Some(email) => people::store::notify(can, tx, email, notice).await,
        None => Ok(()),
    }
}

/// All other sessions end: the factor may be lost, and they may have been begun with it. The last factor takes the
/// recovery codes with it. It stays where a workspace of the person requires one, or where there is no password that
/// could stand alone.
pub async fn given_up(can: &Caller, tx: &mut Tx, user: Uuid) -> Result<()> {
    tell(can, tx, Notice::FactorRemoved).await?;
    let session = can.session().map(|session| session.id);
    sessions::store::end_others(tx, user, session).await?;
    let (kinds, homes) =
        (store::kinds(&mut *tx, user).await?, sign_in::store::homes(&mut *tx, user, can.now()).await?);
    let by_passkey = |home: &sign_in::Home| home.policy.methods == [Method::Passkey];
    if homes.iter().any(by_passkey) && !kinds.iter().any(|kind| kind == PASSKEY) {
        let why = "a workspace of yours takes passkeys alone: enrol another one first";
        return Err(Error::Conflict(why.to_owned()));
    }
    if !kinds.is_empty() {
        return Ok(());
    }
    if homes.iter().any(|home| home.policy.requires_factor(can.now())) {
        let why = "a workspace of yours requires a second factor: enrol another one first";
        return Err(Error::Conflict(why.to_owned()));
    }
    if !store::password_is_long(tx, user).await? {
        return Err(Error::Conflict(
            "without a second factor you need a password of 15 characters or more: change it first"
                .to_owned(),
        ));
    }
    if let Some(session) = session {
        sessions::store::has_shown_factor(tx, user, session, false).await?;
    }
    store::replace_codes(tx, user, &[]).await
}
