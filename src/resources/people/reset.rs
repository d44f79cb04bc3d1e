//! A new password by a mailed link. It signs nobody in, and so goes round no second factor. But the first link that is
//! mailed to an address which until then was on an inviter's word proves whose it is: what was enrolled before is not.

use super::{ByLink, Done, Link, NewEmail, Use, choose::chosen, store};
use crate::access::tries::{Limit, count, forgive};
use crate::access::{
    Can,
    profile::{AskReset, Reset},
};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::auth;
use crate::error::{Error, Result};
use crate::http::{Json, Origin, address};
use crate::jobs::outbox;
use crate::mail::letters::{self, Notice};
use crate::resources::sign_in::{self, Signed};
use crate::resources::{factors, sessions};
use axum::Extension;
use axum::extract::State;
use serde_json::json;
use uuid::Uuid;

/// The kind of the letter.
const RESET: &str = "reset";
const DAY: i64 = 24 * 60 * 60 * 1000;
/// Links for one address in a day.
const FROM_ONE_PLACE: i64 = 3;
const IN_ALL: i64 = 20;

pub const NO_MAIL: &str =
    "this server sends no mail; ask its operator for a link: `gatepost admin user link ADDRESS`";

/// Answers the same, in the same time, whether the address is anybody's: what there is to do is done behind the answer.
pub async fn ask(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Json(body): Json<NewEmail>,
) -> Result<Json<Done>> {
    app.site.is_safe()?;
    if app.mailer.is_none() {
        return Err(Error::Conflict(NO_MAIL.to_owned()));
    }
    let email = address(&body.email);
    // What cannot be had at once is not waited for: whoever asks can ask again.
    if let Ok(place) = app.behind_answers.clone().try_acquire_owned() {
        tokio::spawn(async move {
            if let Err(error) = post(&app, &email, origin).await {
                tracing::debug!(%error, "no link to choose a password was mailed");
            }
            drop(place);
        });
    }
    Ok(Json(Done::of("If the address is known here, a link was mailed to it. It is good for half an hour.")))
}

async fn post(app: &App, email: &str, origin: Origin) -> Result<()> {
    let Some(user) = sign_in::store::user_of(&app.reader, email).await? else { return Ok(()) };
    // Of somebody, at anybody's request: so many from one place, and in all.
    let limit = |name: String, most| Limit { name: auth::hash(&name), most, window: DAY };
    let place = format!("link for {email} asked from {}", sign_in::place(origin.address));
    let limits = [limit(place, FROM_ONE_PLACE), limit(format!("link for {email}"), IN_ALL)];
    if !count(app, &limits).await? {
        return Ok(());
    }
    let Some(home) = store::home(&app.reader, user.id, app.now()).await? else { return Ok(()) };
    let Some(can) = Can::<AskReset>::person(app, home, user.id, origin).await? else { return Ok(()) };
    let link = Link::new(app, Use::Password)?;
    let email = email.to_owned();
    let posted = can.write(async move |can, tx| {
        link.open(tx, user.id, &email).await?;
        let letter = letters::reset(&email, &link.url(can.app()))?;
        outbox::post(can, tx, &letter, RESET).await?;
        Ok(Change::new(Subject::new("user", user.id), (), json!({ "link": "mailed" }), ()))
    });
    posted.await
}

fn dead() -> Error {
    Error::invalid("body/token is of no open link; ask for a new one: POST /auth/reset")
}

pub async fn confirm(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Json(body): Json<ByLink>,
) -> Result<Signed<Done>> {
    let hash = auth::hash(&body.token);
    let link = store::link(&app.reader, &hash, Use::Password.name(), app.now()).await?.ok_or_else(dead)?;
    let user: Uuid = link.user;
    let home = store::home(&app.reader, user, app.now()).await?.ok_or_else(dead)?;
    let profile = store::profile(&app.reader, user).await?;
    let beside = profile.email_verified && !factors::store::kinds(&app.reader, user).await?.is_empty();
    let new = chosen(&app, &body.password, beside, profile.words()).await?;
    let about = sign_in::password_of(&profile.email);
    let can = Can::<Reset>::person(&app, home, user, origin).await?.ok_or_else(dead)?;
    let reset = can.write(async move |can, tx| {
        // Whoever of many takes the link away is the one.
        if store::use_link(tx, &hash, Use::Password.name(), can.now()).await? == 0 {
            return Err(dead());
        }
        // One that was handed over by the operator is to no address.
        let (present, mailed) = (store::profile(&mut *tx, user).await?, !link.email.is_empty());
        if mailed && present.email != link.email {
            return Err(dead());
        }
        if mailed && !present.email_verified {
            // Until now this was on somebody else's word, and so is what he enrolled.
            store::disown(tx, user, can.now()).await?;
        }
        if factors::store::kinds(&mut *tx, user).await?.is_empty() && !new.long {
            return Err(Error::Conflict("your second factors have just changed; try again".to_owned()));
        }
        store::close_links(tx, user, None).await?;
        store::reset_password(tx, user, &new, mailed, can.now()).await?;
        let ended = sessions::store::end_others(tx, user, None).await?;
        store::notify(can, tx, &profile.email, Notice::PasswordChanged).await?;
        let done =
            Done::of("Your password is changed, and all your sessions are ended. Sign in with it now.");
        Ok(Change::new(Subject::new("user", user), (), json!({ "sessions_ended": ended }), done))
    });
    let body = reset.await?;
    // Whoever has the mailbox is known by this device from now on, and what others have tried is forgiven.
    forgive(&app, &sign_in::shared_tries(&about), true).await;
    Ok(Signed { body, cookies: vec![sign_in::device(&app, user)?] })
}
