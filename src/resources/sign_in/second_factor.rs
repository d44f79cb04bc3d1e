//! The second factor: a code of the authenticator app, a recovery code or a passkey. Each counts once. The session that
//! waited ends, and a new one begins.

use super::failure::Failure;
use super::proof::Second as Shown;
use super::{Next, PENDING, Second, SignedIn, begin};
use crate::access::tries::{Limit, count, forgive};
use crate::access::{Can, Permission, Step, sessions::Challenge};
use crate::app::App;
use crate::audit::{self, Change, Subject};
use crate::auth;
use crate::db::Lane;
use crate::error::{Error, Result};
use crate::http::Origin;
use crate::resources::factors::{self, Answered};
use crate::resources::sessions::{self, Pending, Signed, Token};
use crate::resources::users::{self, Visitor};
use serde_json::json;

/// The official activity types for a second factor at sign-in: a recovery code, and any other.
const RECOVERY: i64 = 28;
const SUCCEEDED: i64 = 31;

fn wrong() -> Error {
    Error::refused(
        Step::Credential,
        "credential: wrong or used second factor, or too many tries; wait for the next code, or use another factor",
    )
}

fn none_waits() -> Error {
    Error::refused(
        Step::Credential,
        "credential: no sign-in is waiting for a second factor; begin with POST /auth/sign-in",
    )
}

pub async fn second_factor(app: &App, visitor: Visitor, body: Second) -> Result<Signed<SignedIn>> {
    let token = visitor.session.as_ref().ok_or_else(none_waits)?;
    let since = app.now().minus(PENDING);
    let hash = auth::hash(token);
    let reading = app.reader.reading_for(Lane::of_credential(&hash));
    let pending = sessions::pending(reading, &hash, since).await?.ok_or_else(none_waits)?;
    let limits = limits(app, &visitor, &pending, &body);
    let failed = |activity| {
        let failure = Failure { permission: Challenge::ACTION.name, activity: Some(activity) };
        failure.note(app, pending.user, &visitor.origin);
        Err(wrong())
    };
    if !count(app, &limits).await? {
        return failed(audit::WRONG_FACTORS);
    }
    let Some(shown) = shown(app, &pending, &body).await? else { return failed(audit::WRONG_FACTOR) };
    match accept(app, visitor.origin.clone(), pending.clone(), shown).await {
        Err(Error::Refused { step: Step::Credential, .. }) => failed(audit::WRONG_FACTOR),
        Ok(done) => {
            forgive(app, &limits, true).await;
            Ok(done)
        }
        Err(error) => Err(error),
    }
}

/// What a try counts for. A code of the app can be guessed: it counts for the person, but on a device that they have used
/// before only there. Nothing else can be guessed: it counts for the sign-in that waits, so that another person's wrong
/// codes never block a recovery code or a passkey.
fn limits(app: &App, visitor: &Visitor, pending: &Pending, body: &Second) -> Vec<Limit> {
    let about = format!("second factor of {}", pending.user);
    if body.code.is_none() {
        return users::tries_of_one(&format!("{about} by sign-in {}", pending.hash));
    }
    let device = visitor.device.as_ref();
    let known = device.filter(|cookie| users::knows_device(app, pending.user, pending.chosen_at, cookie));
    users::tries(&about, &visitor.origin, known.map(String::as_str))
}

async fn shown(app: &App, pending: &Pending, body: &Second) -> Result<Option<Shown>> {
    match (&body.code, &body.recovery_code, &body.challenge, &body.credential) {
        (Some(code), None, None, None) => {
            Ok(factors::code(app, pending.user, code.trim()).await?.map(Shown::Code))
        }
        (None, Some(code), None, None) => Ok(Some(Shown::Recovery(factors::recovery_hash(code)))),
        (None, None, Some(challenge), Some(credential)) => {
            match Answered::of(app, challenge, credential).await {
                Ok(answered) => Ok(Some(Shown::Passkey(Box::new(answered)))),
                Err(Error::Refused { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        }
        _ => Err(Error::invalid(
            "body must have one of `code`, `recovery_code`, and `challenge` with `credential`",
        )),
    }
}

async fn accept(app: &App, origin: Origin, pending: Pending, shown: Shown) -> Result<Signed<SignedIn>> {
    let homes = begin::homes(app, pending.user, Some(pending.workspace)).await?;
    let home = homes.first().cloned().ok_or_else(wrong)?;
    let can = Can::<Challenge>::person(app, pending.workspace, pending.user, origin).await?;
    let token = Token::new(app)?;
    let hash = token.hash.clone();
    let start = begin::Start {
        user: pending.user,
        home,
        next: Next::Done,
        method: pending.method,
        second_factor: true,
        kinds: vec![],
    };
    let written = can.ok_or_else(wrong)?.write(async move |can, tx| {
        // Of several simultaneous calls, one ends the waiting session and succeeds.
        if !sessions::end_pending(tx, &pending.hash).await?
            || !shown.spend(pending.user, can.now(), tx).await?
        {
            return Err(wrong());
        }
        let signed = start.open(can, tx, &hash).await?;
        let activity = if matches!(shown, Shown::Recovery(_)) { RECOVERY } else { SUCCEEDED };
        let after = json!({ "second_factor": shown.name() });
        Ok(Change::new(Subject::new("session", signed.session_id), (), after, signed).numbered(activity))
    });
    begin::answer(app, written.await?, &token)
}
