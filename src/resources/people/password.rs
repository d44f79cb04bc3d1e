//! Changes the caller's password. It requires the current one, and ends all other sessions.

use super::{Done, NewPassword, choose::chosen, profile::own, store};
use crate::access::tries::{self, count, forgive};
use crate::access::{Can, Step, profile::ChangePassword, profile::FirstPassword};
use crate::audit::{Change, Subject};
use crate::auth::{Cookie, Seat};
use crate::error::{Error, Result};
use crate::http::Json;
use crate::mail::letters::Notice;
use crate::resources::{factors, sessions, sign_in};
use serde_json::json;
use sign_in::Signed;

pub async fn change(can: Can<ChangePassword>, Json(body): Json<NewPassword>) -> Result<Signed<Done>> {
    let (user, app) = (own(&can)?, can.app().clone());
    let session = can.session().map(|session| session.id);
    let wrong = || {
        Error::refused(
            Step::Role,
            "role: `current_password` must be your current password; after ten tries wait 15 minutes",
        )
    };
    let limits = sign_in::tries_in_person(&format!("change of the password of {user}"), &can);
    if !count(&app, &limits).await? {
        return Err(wrong());
    }
    let stored = sessions::store::password_hash(&app.reader, user).await?;
    match (&stored, &body.current_password) {
        (None, _) => can.also::<FirstPassword>()?,
        (Some(stored), Some(current)) => {
            let right = app.passwords.verify(Seat::known(user), current, Some(stored)).await;
            if !tries::unless_busy(&app, &limits, right).await? {
                return Err(wrong());
            }
        }
        (Some(_), None) => return Err(wrong()),
    }
    let profile = store::profile(&app.reader, user).await?;
    let beside = !factors::store::kinds(&app.reader, user).await?.is_empty();
    let new = chosen(&app, Seat::known(user), &body.password, beside, profile.words()).await?;
    let (token, hash) = sign_in::token(&app)?;
    let changed = can.write(async move |can, tx| {
        let alone = factors::store::kinds(&mut *tx, user).await?.is_empty();
        // Only in the place of the one that was shown.
        if alone && !new.long || store::set_password(tx, user, stored.as_deref(), &new, can.now()).await? == 0
        {
            return Err(Error::Conflict(
                "your password or your second factors have just changed; try again".to_owned(),
            ));
        }
        let ended = sessions::store::end_others(tx, user, session).await?;
        if let Some(session) = session {
            // A password is no proof of a second factor, and so makes nothing fresh.
            sessions::store::renew(tx, user, session, &hash).await?;
        }
        store::close_links(tx, user, None).await?;
        store::notify(can, tx, &profile.email, Notice::PasswordChanged).await?;
        let done = Done::of("Your password is changed; you are signed out everywhere else.");
        Ok(Change::new(Subject::new("user", user), (), json!({ "sessions_ended": ended }), done))
    });
    let body = changed.await?;
    // Not earlier: a right password with a new one that is refused is a try like any other.
    forgive(&app, &limits, true).await;
    Ok(Signed { body, cookies: vec![app.site.set(Cookie::Session, &token)?] })
}
