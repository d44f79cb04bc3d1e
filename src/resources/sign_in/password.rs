//! Signing in with a password. Tries are counted before they are made; too many are refused like a wrong password, and
//! each costs one Argon2, whatever is wrong.
//!
//! What is counted cannot lock a person out: tries count for the address they come from, and for the account only where
//! the device is not known. A person who has signed in with a device before has tries of their own there; everybody else
//! can have a link mailed. Neither waits behind tries that are over a limit, nor behind those of one crowd.

use super::{Password, Proof, Signed, SignedIn, begin, store};
use crate::access::tries::{self, Limit};
use crate::access::{Attempt, Caller, Grant, Permission, Step, sessions::SignIn};
use crate::app::App;
use crate::auth::{self, Cookie, Seat};
use crate::db::Lane;
use crate::error::{Error, Result};
use crate::http::{Json, Locality, Origin, address};
use crate::time::Time;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use uuid::Uuid;

const QUARTER: i64 = 15 * Time::MINUTE;
/// From one address, or with one device, in a quarter of an hour.
const CLOSE: i64 = 10;
/// From everywhere, without a known device, in an hour.
const ALL: i64 = 100;

/// What everybody hears who is not let in.
pub fn refused() -> Error {
    Error::refused(
        Step::Credential,
        "credential: wrong address or password, or too many tries; wait 15 minutes, or choose a new \
         password by a mailed link: POST /auth/reset",
    )
}

/// For what the tries of somebody at a secret of `about` count. `known`: the cookie of a device they have used before.
pub fn tries(about: &str, origin: &Origin, known: Option<&str>) -> Vec<Limit> {
    match known {
        Some(cookie) => tries_of_one(&format!("device {about} {cookie}")),
        None => {
            let address = format!("address {about} {}", Locality::of(origin.address));
            [tries_of_one(&address), shared_tries(about)].concat()
        }
    }
}

/// A limit of a few tries, which tries under other names do not use up.
pub fn tries_of_one(name: &str) -> Vec<Limit> {
    vec![Limit { name: auth::hash(name), most: CLOSE, window: QUARTER }]
}

/// The limits on tries of a caller with a session or a key, which count only for that credential.
pub fn tries_in_person(about: &str, can: &Caller) -> Vec<Limit> {
    let credential = can.session().map(|session| session.id).or(can.key());
    tries(about, can.origin(), credential.map(|id| id.to_string()).as_deref())
}

/// The limit on tries without a known device, shared by all callers.
pub fn shared_tries(about: &str) -> Vec<Limit> {
    vec![Limit { name: auth::hash(&format!("all {about}")), most: ALL, window: Time::HOUR }]
}

/// What is tried at when somebody signs in with this address.
pub fn password_of(email: &str) -> String {
    format!("password of {email}")
}

/// The cookie of a device that the person has used before.
pub fn known_device(app: &App, headers: &HeaderMap, user: Option<&store::User>) -> Option<String> {
    let cookie = app.site.read(Cookie::Device, headers);
    cookie.filter(|cookie| {
        user.is_some_and(|user| begin::knows_device(app, user.id, user.password_chosen_at, cookie))
    })
}

pub async fn sign_in(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    Json(body): Json<Password>,
) -> Result<Signed<SignedIn>> {
    app.site.is_safe()?;
    let email = address(&body.email);
    // In a lane of its own: a crowd that tries other addresses is not in the way.
    let lane = Lane::of_credential(&auth::hash(&email));
    let user = store::user_of(app.reader.reading_for(lane), &email).await?;
    let known = known_device(&app, &headers, user.as_ref());
    let from = Locality::of(origin.address);
    let (seat, _visit) = match (&known, &user) {
        (Some(_), Some(user)) => (Seat::known(user.id), None),
        _ => (Seat::stranger(from), Some(app.passwords.enter(from)?)),
    };
    let limits = tries(&password_of(&email), &origin, known.as_deref());
    let within = tries::count(&app, &limits).await?;
    let stored = user.as_ref().and_then(|user| user.password_hash.clone());
    let right = app.passwords.verify(seat.within(within), &body.password, stored.as_deref()).await;
    let right = match within {
        true => tries::unless_busy(&app, &limits, right).await?,
        false => right?,
    };
    match (user, stored) {
        (Some(user), Some(stored)) if right && within => {
            let proof = Proof::Password { hash: stored, long: auth::is_long(&body.password) };
            let begun = begin::begin(&app, origin.clone(), user.id, proof, body.workspace_id).await;
            match begun {
                Ok(_) => tries::forgive(&app, &limits, true).await,
                Err(Error::Refused { .. }) => {
                    note(&app, Some(user.id), &origin, SignIn::ACTION.name, None).await;
                }
                Err(_) => (),
            }
            begun
        }
        (user, _) => {
            note(&app, user.map(|user| user.id), &origin, SignIn::ACTION.name, None).await;
            Err(refused())
        }
    }
}

/// Records the failure of a person, where he was last; an address that is nobody's is recorded nowhere. `activity`: of
/// the row, where the reference has a type for it.
pub async fn note(
    app: &App,
    user: Option<Uuid>,
    origin: &Origin,
    permission: &'static str,
    activity: Option<i64>,
) {
    let (app, origin) = (app.clone(), origin.clone());
    let Some(user) = user else { return };
    // Behind the answer, which takes the same time for everybody.
    tokio::spawn(async move {
        let Ok(homes) = store::homes(&app.reader, user, app.now()).await else { return };
        let Some(home) = homes.first() else { return };
        if let Ok(Some(grant)) = Grant::of_person(home.workspace, user, app.now(), &app.reader).await {
            let attempt = Attempt::of(&grant, permission, &origin);
            let attempt = activity.map_or(attempt.clone(), |activity| attempt.numbered(activity));
            app.behind.refused(attempt, Step::Credential, app.now());
        }
    });
}
