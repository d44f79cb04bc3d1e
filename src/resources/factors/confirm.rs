//! What comes with the first factor, and goes with the last.

use super::store;
use crate::access::{Caller, Step};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::mail::letters::{self, Notice};
use crate::resources::{login_policy, people, sessions};
use uuid::Uuid;

/// A session that was begun before there was a factor does not enrol another one beside it: whoever has stolen a
/// password would let himself in for good.
pub async fn may_enrol(can: &Caller, user: Uuid) -> Result<()> {
    let shown = can.grant.session().is_some_and(|session| session.second_factor);
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
    let session = can.grant.session().ok_or_else(|| Error::internal("enrolled without a session"))?;
    if !first && !session.second_factor {
        return Err(Error::refused(Step::Credential, "credential: sign in again with your second factor"));
    }
    sessions::store::has_shown_factor(tx, user, session.id).await?;
    if !first {
        return Ok(None);
    }
    sessions::store::end_others(tx, user, Some(session.id)).await?;
    tell(can, tx, Notice::FactorAdded).await?;
    store::replace_codes(tx, user, codes).await?;
    Ok(Some(codes.to_vec()))
}

async fn tell(can: &Caller, tx: &mut Tx, notice: Notice) -> Result<()> {
    match &can.grant.email {
        Some(email) => people::store::notify(can, tx, email, letters::notice, notice).await,
        None => Ok(()),
    }
}

/// The last factor takes the recovery codes with it. It stays where the workspace requires one, or where the password
/// is too short to stand alone.
pub async fn given_up(can: &Caller, tx: &mut Tx, user: Uuid) -> Result<()> {
    tell(can, tx, Notice::FactorRemoved).await?;
    if !store::kinds(&mut *tx, user).await?.is_empty() {
        return Ok(());
    }
    if login_policy::store::current(can, &mut *tx).await?.requires_factor(can.now()) {
        return Err(Error::Conflict(
            "the workspace requires a second factor: enrol another one first".to_owned(),
        ));
    }
    if !store::password_is_long(tx, user).await? {
        return Err(Error::Conflict(
            "your password has fewer than 15 characters, too few without a second factor: change it first"
                .to_owned(),
        ));
    }
    store::replace_codes(tx, user, &[]).await
}
