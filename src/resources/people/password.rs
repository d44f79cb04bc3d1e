//! Changes the password of the person who asks. It requires the current one, and ends all other sessions.

use super::{Done, NewPassword};
use crate::access::tries::{self, count, forgive};
use crate::access::{Can, Step, profile::ChangePassword, profile::FirstPassword};
use crate::audit::{Change, Subject};
use crate::auth::Seat;
use crate::error::{Error, Result};
use crate::mail::letters::Notice;
use crate::resources::factors;
use crate::resources::sessions::{self, Signed, Token};
use crate::resources::users::{self, Choice, choose};
use serde_json::json;

fn wrong() -> Error {
    Error::refused(
        Step::Role,
        "role: `current_password` must be your current password; after ten tries wait 15 minutes",
    )
}

pub async fn change_password(can: Can<ChangePassword>, body: NewPassword) -> Result<Signed<Done>> {
    let (user, app) = (users::own(&can)?, can.app().clone());
    let session = can.session().map(|session| session.id);
    let limits = users::tries_in_person(&format!("change of the password of {user}"), &can);
    if !count(&app, &limits).await? {
        return Err(wrong());
    }
    let stored = users::password_hash(&app.reader, user).await?;
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
    let profile = users::profile(&app.reader, user).await?;
    let has_factor = !factors::kinds(&app.reader, user).await?.is_empty();
    let choice = Choice { password: &body.password, has_factor, words: profile.words() };
    let new = choose(&app, Seat::known(user), choice).await?;
    let token = Token::new(&app)?;
    let hash = token.hash.clone();
    let changed = can.write(async move |can, tx| {
        let has_factor = !factors::kinds(&mut *tx, user).await?.is_empty();
        if !has_factor && !new.long
            || users::set_password(tx, user, stored.as_deref(), &new, can.now()).await? == 0
        {
            return Err(Error::Conflict(
                "your password or your second factors have just changed; try again".to_owned(),
            ));
        }
        let ended = sessions::end_of_user(tx, user, session).await?;
        if let Some(session) = session {
            // The session is not re-authenticated by it: a password does not prove a second factor.
            sessions::renew(tx, user, session, &hash).await?;
        }
        users::close_links(tx, user, None).await?;
        users::notify(can, tx, &profile.email, Notice::PasswordChanged).await?;
        let done = Done::of("Your password is changed; you are signed out everywhere else.");
        Ok(Change::new(Subject::new("user", user), (), json!({ "sessions_ended": ended }), done))
    });
    let body = changed.await?;
    // Only now: the right password together with a new one that is refused counts as a try.
    forgive(&app, &limits, true).await;
    Ok(Signed { body, cookies: vec![token.cookie(&app)?] })
}
