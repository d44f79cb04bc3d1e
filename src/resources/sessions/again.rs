//! Showing once more who one is: with all that was asked for at sign-in.

use super::routes::{own, subject};
use super::{Again, Session, store};
use crate::access::tries::{self, count, forgive};
use crate::access::{Caller, Can, Method, Step, sessions::Reauthenticate};
use crate::audit::Change;
use crate::auth::{self, Cookie, Seat};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::Json;
use crate::resources::sign_in::{self, Answered, Proof, Signed};
use crate::resources::{factors, login_policy};
use crate::time::Time;
use serde_json::json;
use uuid::Uuid;

/// What is shown beside a password.
#[derive(Clone)]
enum Beside {
    Nothing,
    /// The factor, and the step of its code.
    Code(Uuid, i64),
    Recovery(String),
}

impl Beside {
    async fn spend(&self, user: Uuid, now: Time, tx: &mut Tx) -> Result<bool> {
        Ok(match self {
            Beside::Nothing => factors::store::kinds(&mut *tx, user).await?.is_empty(),
            Beside::Code(factor, step) => factors::store::use_step(tx, user, *factor, *step, now).await? == 1,
            Beside::Recovery(hash) => factors::store::use_recovery(tx, user, hash).await? == 1,
        })
    }
}

/// Ten more minutes for what asks for it; under a new token.
pub async fn reauthenticate(can: Can<Reauthenticate>, Json(body): Json<Again>) -> Result<Signed<Session>> {
    let (user, own) = own(&can)?;
    let app = can.app().clone();
    let limits = sign_in::tries_in_person(&format!("reauthentication of {user}"), &can);
    if !count(&app, &limits).await? {
        return Err(wrong());
    }
    let shown = shown(&can, user, &body).await;
    let (proof, beside) = tries::unless_busy(&app, &limits, shown).await?.ok_or_else(wrong)?;
    let (token, hash) = sign_in::token(&app)?;
    let cookies = vec![app.site.set(Cookie::Session, &token)?];
    let again = can.write(async move |can, tx| {
        proof.spend(user, can.now(), tx).await.map_err(not_ended)?;
        if !proof.is_whole() && !beside.spend(user, can.now(), tx).await? {
            return Err(wrong());
        }
        let whole = own.second_factor || proof.is_whole() || !matches!(beside, Beside::Nothing);
        store::shown_again(tx, user, own.id, &hash, whole, can.now()).await?;
        let session = store::find(&mut *tx, user, own.id).await?.ok_or_else(Error::hidden)?;
        let after = json!({ "method": proof.method() });
        Ok(Change::new(subject(own.id), (), after, Session { current: true, ..session }))
    });
    let body = again.await?;
    forgive(&app, &limits, true).await;
    Ok(Signed { body, cookies })
}

/// What was shown does not count any more; the session does.
fn not_ended(error: Error) -> Error {
    if matches!(error, Error::Refused { .. }) { wrong() } else { error }
}

/// Not 401: the session goes on.
fn wrong() -> Error {
    Error::refused(
        Step::Role,
        "role: what was shown is not right, lacks the second factor, or was tried too often; wait a quarter of an hour",
    )
}

async fn shown(can: &Caller, user: Uuid, body: &Again) -> Result<Option<(Proof, Beside)>> {
    match (&body.password, &body.challenge, &body.credential) {
        (Some(password), None, None) => by_password(can, user, password, body).await,
        (None, Some(challenge), Some(credential)) => {
            match Answered::of(can.app(), challenge, credential).await {
                Ok(answered) if answered.user == user => {
                    Ok(Some((Proof::Passkey(Box::new(answered)), Beside::Nothing)))
                }
                Ok(_) | Err(Error::Refused { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        }
        _ => Err(Error::invalid("body must have `password`, or `challenge` with `credential`")),
    }
}

async fn by_password(
    can: &Caller,
    user: Uuid,
    password: &str,
    body: &Again,
) -> Result<Option<(Proof, Beside)>> {
    let app = can.app();
    let policy = login_policy::store::current(can, &app.reader).await?;
    let stored = store::password_hash(&app.reader, user).await?;
    let right = app.passwords.verify(Seat::known(user), password, stored.as_deref()).await?;
    let stored = stored.filter(|_| right && policy.methods.contains(&Method::Password));
    let Some(hash) = stored else { return Ok(None) };
    let beside = match (&body.code, &body.recovery_code) {
        (None, None) => Some(Beside::Nothing),
        (Some(code), None) => {
            let found = factors::code(app, user, code.trim()).await?;
            found.map(|(factor, step)| Beside::Code(factor, step))
        }
        (None, Some(code)) => Some(Beside::Recovery(factors::recovery_hash(code))),
        (Some(_), Some(_)) => None,
    };
    let proof = Proof::Password { hash, long: auth::is_long(password) };
    Ok(beside.map(|beside| (proof, beside)))
}
