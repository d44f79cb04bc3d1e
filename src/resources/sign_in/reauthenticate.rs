//! Re-authentication: a signed-in person proves again who they are, with everything that sign-in asks for. For ten minutes
//! they can then do what requires it.

use super::Again;
use super::proof::{Proof, Second};
use crate::access::tries::{self, count, forgive};
use crate::access::{Caller, Can, Method, Step, sessions::Reauthenticate};
use crate::audit::Change;
use crate::auth::{self, Seat};
use crate::error::{Error, Result};
use crate::resources::factors::{self, Answered};
use crate::resources::sessions::{self, Reauthenticated, Session, Signed, Token};
use crate::resources::{login_policy, users};
use serde_json::json;
use uuid::Uuid;

/// What the person has shown: the first factor, and the second one that came with a password.
type Shown = (Proof, Option<Second>);

/// The session gets a new token.
pub async fn reauthenticate(can: Can<Reauthenticate>, body: Again) -> Result<Signed<Session>> {
    let (user, own) = sessions::own(&can)?;
    let app = can.app().clone();
    let limits = users::tries_in_person(&format!("reauthentication of {user}"), &can);
    if !count(&app, &limits).await? {
        return Err(wrong());
    }
    let shown = shown(&can, user, &body).await;
    let (proof, second) = tries::unless_busy(&app, &limits, shown).await?.ok_or_else(wrong)?;
    let token = Token::new(&app)?;
    let cookies = vec![token.cookie(&app)?];
    let again = can.write(async move |can, tx| {
        proof.spend(user, can.now(), tx).await.map_err(not_ended)?;
        let suffices = match &second {
            _ if proof.is_whole() => true,
            Some(second) => second.spend(user, can.now(), tx).await?,
            None => factors::kinds(&mut *tx, user).await?.is_empty(),
        };
        if !suffices {
            return Err(wrong());
        }
        let second_factor = own.second_factor || proof.is_whole() || second.is_some();
        let renewed = Reauthenticated { user, id: own.id, hash: &token.hash, second_factor };
        sessions::reauthenticated(tx, &renewed, can.now()).await?;
        let session = sessions::find(&mut *tx, user, own.id).await?.ok_or_else(Error::hidden)?;
        let after = json!({ "method": proof.method() });
        Ok(Change::new(sessions::subject(own.id), (), after, Session { current: true, ..session }))
    });
    let body = again.await?;
    forgive(&app, &limits, true).await;
    Ok(Signed { body, cookies })
}

/// The proof does not count any more, but the session does.
fn not_ended(error: Error) -> Error {
    if matches!(error, Error::Refused { .. }) { wrong() } else { error }
}

/// Not a 401, because the session goes on.
fn wrong() -> Error {
    Error::refused(
        Step::Role,
        "role: the proof is wrong, lacks the second factor, or was tried too often; wait 15 minutes",
    )
}

async fn shown(can: &Caller, user: Uuid, body: &Again) -> Result<Option<Shown>> {
    match (&body.password, &body.challenge, &body.credential) {
        (Some(password), None, None) => by_password(can, user, password, body).await,
        (None, Some(challenge), Some(credential)) => {
            match Answered::of(can.app(), challenge, credential).await {
                Ok(answered) if answered.user == user => Ok(Some((Proof::Passkey(Box::new(answered)), None))),
                Ok(_) | Err(Error::Refused { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        }
        _ => Err(Error::invalid("body must have `password`, or `challenge` with `credential`")),
    }
}

async fn by_password(can: &Caller, user: Uuid, password: &str, body: &Again) -> Result<Option<Shown>> {
    let app = can.app();
    let policy = login_policy::current(can, &app.reader).await?;
    let stored = users::password_hash(&app.reader, user).await?;
    let right = app.passwords.verify(Seat::known(user), password, stored.as_deref()).await?;
    let stored = stored.filter(|_| right && policy.methods.contains(&Method::Password));
    let Some(hash) = stored else { return Ok(None) };
    let second = match (&body.code, &body.recovery_code) {
        (None, None) => None,
        (Some(code), None) => match factors::code(app, user, code.trim()).await? {
            Some(code) => Some(Second::Code(code)),
            None => return Ok(None),
        },
        (None, Some(code)) => Some(Second::Recovery(factors::recovery_hash(code))),
        (Some(_), Some(_)) => return Ok(None),
    };
    let proof = Proof::Password { hash, long: auth::is_long(password) };
    Ok(Some((proof, second)))
}
