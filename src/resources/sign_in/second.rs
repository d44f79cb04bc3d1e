//! The second factor: a code of the app, a recovery code or a passkey, each of which counts once. What was begun with
//! the password ends here, and the session is a new one.

use super::password::{note, tries, tries_of_one};
use super::{Next, PENDING, Second, Signed, SignedIn, begin, challenge::Answered, store};
use crate::access::tries::{Limit, count, forgive};
use crate::access::{Can, Method, Permission, Step, sessions::Challenge};
use crate::app::App;
use crate::audit::{self, Change, Subject};
use crate::auth::{self, Cookie};
use crate::db::{Lane, Tx};
use crate::error::{Error, Result};
use crate::http::{Json, Origin};
use crate::resources::factors;
use crate::time::Time;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::json;
use uuid::Uuid;

/// A session that waits for a second factor.
#[derive(Clone, Debug)]
pub struct Pending {
    pub hash: String,
    pub user: Uuid,
    pub workspace: Uuid,
    pub method: Method,
    /// When the person chose the password.
    pub chosen_at: Time,
}

/// What is shown, found right as far as that can be seen before the transaction.
#[derive(Clone)]
enum Shown {
    /// The factor, and the step of its code.
    Code(Uuid, i64),
    Recovery(String),
    Passkey(Box<Answered>),
}

/// The reference's types for a second factor at sign-in: a recovery code, and any other.
const RECOVERY: i64 = 28;
const SUCCEEDED: i64 = 31;

fn wrong() -> Error {
    Error::refused(
        Step::Credential,
        "credential: wrong or used second factor, or too many tries; wait for the next code, or use another factor",
    )
}

pub async fn second_factor(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    Json(body): Json<Second>,
) -> Result<Signed<SignedIn>> {
    let nobody = || {
        Error::refused(
            Step::Credential,
            "credential: no sign-in is waiting for a second factor; begin with POST /auth/sign-in",
        )
    };
    let token = app.site.read(Cookie::Session, &headers).ok_or_else(nobody)?;
    let since = app.now().minus(PENDING);
    let hash = auth::hash(&token);
    let reading = app.reader.reading_for(Lane::of_credential(&hash));
    let pending = store::pending(reading, &hash, since).await?.ok_or_else(nobody)?;
    let limits = limits(&app, &origin, &headers, &pending, &body);
    let failed = async |activity| {
        note(&app, Some(pending.user), &origin, Challenge::ACTION.name, Some(activity)).await;
        Err(wrong())
    };
    if !count(&app, &limits).await? {
        return failed(audit::WRONG_FACTORS).await;
    }
    let Some(shown) = shown(&app, &pending, &body).await? else { return failed(audit::WRONG_FACTOR).await };
    match accept(&app, origin.clone(), pending.clone(), shown).await {
        Err(Error::Refused { step: Step::Credential, .. }) => failed(audit::WRONG_FACTOR).await,
        Ok(done) => {
            forgive(&app, &limits, true).await;
            Ok(done)
        }
        Err(error) => Err(error),
    }
}

/// For what a try counts. A code of the app can be guessed: it counts for the person, but for a device that they have
/// used before it counts there alone. Nothing else can be guessed: it counts for the sign-in that waits, so that
/// another person's wrong codes never block a recovery code or a passkey.
fn limits(app: &App, origin: &Origin, headers: &HeaderMap, pending: &Pending, body: &Second) -> Vec<Limit> {
    let about = format!("second factor of {}", pending.user);
    if body.code.is_none() {
        return tries_of_one(&format!("{about} by sign-in {}", pending.hash));
    }
    let device = app.site.read(Cookie::Device, headers);
    let known = device.filter(|cookie| begin::knows_device(app, pending.user, pending.chosen_at, cookie));
    tries(&about, origin, known.as_deref())
}

async fn shown(app: &App, pending: &Pending, body: &Second) -> Result<Option<Shown>> {
    match (&body.code, &body.recovery_code, &body.challenge, &body.credential) {
        (Some(code), None, None, None) => {
            let found = factors::code(app, pending.user, code.trim()).await?;
            Ok(found.map(|(factor, step)| Shown::Code(factor, step)))
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

impl Shown {
    async fn spend(&self, user: Uuid, now: Time, tx: &mut Tx) -> Result<bool> {
        Ok(match self {
            Shown::Code(factor, step) => factors::store::use_step(tx, user, *factor, *step, now).await? == 1,
            Shown::Recovery(hash) => factors::store::use_recovery(tx, user, hash).await? == 1,
            Shown::Passkey(answered) => answered.spend(user, now, tx).await?,
        })
    }

    fn name(&self) -> &'static str {
        match self {
            Shown::Code(..) => "totp",
            Shown::Recovery(_) => "recovery_code",
            Shown::Passkey(_) => "passkey",
        }
    }
}

async fn accept(app: &App, origin: Origin, pending: Pending, shown: Shown) -> Result<Signed<SignedIn>> {
    let homes = begin::homes(app, pending.user, Some(pending.workspace)).await?;
    let home = homes.first().cloned().ok_or_else(wrong)?;
    let can = Can::<Challenge>::person(app, pending.workspace, pending.user, origin).await?;
    let (token, hash) = begin::token(app)?;
    let start = begin::Start {
        user: pending.user,
        home,
        next: Next::Done,
        method: pending.method,
        second_factor: true,
        kinds: vec![],
    };
    let written = can.ok_or_else(wrong)?.write(async move |can, tx| {
        // Whoever of many takes it away is the one who is let in.
        if store::end_pending(tx, &pending.hash).await? == 0
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
