//! Signing in with a password. Every try is counted before it is made. Too many tries are refused like a wrong password,
//! and each costs one Argon2, whatever is wrong.
//!
//! The owner of an account does not wait behind tries that are over a limit, nor behind those of a crowd: they can use a
//! device on which they have signed in before, or have a link mailed.

use super::failure::Failure;
use super::{Password, SignedIn, begin, proof::Proof};
use crate::access::tries;
use crate::access::{Permission, Step, sessions::SignIn};
use crate::app::App;
use crate::auth::{self, Seat};
use crate::db::Lane;
use crate::error::{Error, Result};
use crate::http::{Locality, address};
use crate::resources::sessions::Signed;
use crate::resources::users::{self, Visitor};

/// The one refusal, whatever is wrong.
fn refused() -> Error {
    Error::refused(
        Step::Credential,
        "credential: wrong address or password, or too many tries; wait 15 minutes, or choose a new \
         password by a mailed link: POST /auth/reset",
    )
}

pub async fn by_password(app: &App, visitor: Visitor, body: Password) -> Result<Signed<SignedIn>> {
    app.site.is_safe()?;
    let Visitor { origin, device, .. } = visitor;
    let email = address(&body.email);
    // The lane belongs to this address, so that a crowd that tries other addresses is not in the way.
    let lane = Lane::of_credential(&auth::hash(&email));
    let user = users::by_address(app.reader.reading_for(lane), &email).await?;
    let known = users::known_device(app, device.as_ref(), user.as_ref());
    let from = Locality::of(origin.address);
    let (seat, _visit) = match (&known, &user) {
        (Some(_), Some(user)) => (Seat::known(user.id), None),
        _ => (Seat::stranger(from), Some(app.passwords.enter(from)?)),
    };
    let limits = users::tries(&users::password_of(&email), &origin, known.as_deref());
    let within = tries::count(app, &limits).await?;
    let stored = user.as_ref().and_then(|user| user.password_hash.clone());
    let right = app.passwords.verify(seat.within(within), &body.password, stored.as_deref()).await;
    let right = match within {
        true => tries::unless_busy(app, &limits, right).await?,
        false => right?,
    };
    let failure = Failure { permission: SignIn::ACTION.name, activity: None };
    match (user, stored) {
        (Some(user), Some(stored)) if right && within => {
            let proof = Proof::Password { hash: stored, long: auth::is_long(&body.password) };
            let begun = begin::begin(app, origin.clone(), user.id, proof, body.workspace_id).await;
            match begun {
                Ok(_) => tries::forgive(app, &limits, true).await,
                Err(Error::Refused { .. }) => failure.note(app, user.id, &origin),
                Err(_) => (),
            }
            begun
        }
        (user, _) => {
            if let Some(user) = user {
                failure.note(app, user.id, &origin);
            }
            Err(refused())
        }
    }
}
