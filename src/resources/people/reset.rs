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
use crate::auth::{self, Cookie, Seat};
use crate::db::Lane;
use crate::error::{Error, Result};
use crate::http::{Json, Locality, Origin, address};
use crate::jobs::outbox;
use crate::mail::letters::{self, Notice};
use crate::resources::sign_in::{self, Signed};
use crate::resources::{factors, sessions};
use crate::time::Time;
use axum::Extension;
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// The kind of the letter.
const RESET: &str = "reset";
/// Links for one address in a day, asked for from one place.
const FROM_ONE_PLACE: i64 = 3;
/// And from all networks that ask again.
const IN_ALL: i64 = 20;
/// Links for one address in an hour, asked for by networks that had none that day.
const FIRST_ONES: i64 = 20;
/// Beyond that there is one in this time: somebody who asks has one in the mailbox that still works.
const TRICKLE: i64 = 5 * Time::MINUTE;
/// How often a busy database is asked, and milliseconds in between.
const PATIENCE: u32 = 10;
const PAUSE: Duration = Duration::from_millis(500);

pub const NO_MAIL: &str =
    "this server sends no mail; ask its operator for a link: `gatepost admin user link ADDRESS`";

/// Somebody asks for a link.
#[derive(Clone)]
struct Asked {
    email: String,
    origin: Origin,
    /// The cookie of a device, which may be another person's.
    device: Option<String>,
    /// The place where they are has not asked too often.
    within: bool,
}

/// Answers the same, in the same time, whether the address has a user or not: the rest is done behind the answer.
/// Nothing is dropped for want of room: a place that asks for too much at once is told to try again.
pub async fn ask(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    Json(body): Json<NewEmail>,
) -> Result<Json<Done>> {
    app.site.is_safe()?;
    if app.mailer.is_none() {
        return Err(Error::Conflict(NO_MAIL.to_owned()));
    }
    let (email, from) = (address(&body.email), Locality::of(origin.address));
    let visit = app.errands.enter(from)?;
    let within = count(&app, &[limit(&email, &format!("from {from}"), FROM_ONE_PLACE, Time::DAY)]).await?;
    let device = app.site.read(Cookie::Device, &headers);
    if within || device.is_some() {
        let (asked, app) = (Asked { email, origin, device, within }, app.clone());
        app.errands.clone().queue(visit, async move { patiently(&app, asked).await })?;
    }
    Ok(Json(Done::of("If the address is known here, a link was mailed to it. It works for 30 minutes.")))
}

fn limit(email: &str, who: &str, most: i64, window: i64) -> Limit {
    Limit { name: auth::hash(&format!("link for {email} {who}")), most, window }
}

/// Again, as long as the database is busy or away.
async fn patiently(app: &App, asked: Asked) {
    let mut due = false;
    for _ in 0..PATIENCE {
        match post(app, asked.clone(), &mut due).await {
            Err(Error::Busy | Error::Crowded | Error::Unavailable(_)) => tokio::time::sleep(PAUSE).await,
            Err(error) => return tracing::warn!(%error, "no link to choose a password was mailed"),
            Ok(()) => return,
        }
    }
    tracing::warn!("no link to choose a password was mailed: the database is busy");
}

/// Whether this one is mailed. Other requests do not use up the links of a person on a known device, nor those of
/// a network that had none that day.
async fn is_due(app: &App, asked: &Asked, user: &sign_in::store::User) -> Result<bool> {
    let one = async |who: &str, most, window| count(app, &[limit(&asked.email, who, most, window)]).await;
    let knows = |device: &&String| sign_in::knows_device(app, user.id, user.password_chosen_at, device);
    if let Some(device) = asked.device.as_ref().filter(knows) {
        return Ok(asked.within || one(&format!("on {device}"), FROM_ONE_PLACE, Time::DAY).await?);
    }
    let network = Locality::of(asked.origin.address).network();
    Ok(asked.within
        && match one(&format!("first from {network}"), 1, Time::DAY).await? {
            true => one("first", FIRST_ONES, Time::HOUR).await? || one("trickle", 1, TRICKLE).await?,
            false => one("again", IN_ALL, Time::DAY).await?,
        })
}

/// `due`: it was counted before, and is mailed.
async fn post(app: &App, asked: Asked, due: &mut bool) -> Result<()> {
    let Some(user) = sign_in::store::user_of(&app.reader, &asked.email).await? else { return Ok(()) };
    if !*due && !is_due(app, &asked, &user).await? {
        return Ok(());
    }
    *due = true;
    let Asked { email, origin, .. } = asked;
    let Some(home) = store::home(&app.reader, user.id, app.now()).await? else { return Ok(()) };
    let Some(can) = Can::<AskReset>::person(app, home, user.id, origin).await? else { return Ok(()) };
    let link = Link::new(app, Use::Password)?;
    let posted = can.write(async move |can, tx| {
        link.open(tx, user.id, &email).await?;
        let letter = letters::reset(&email, &link.url(can.app()))?;
        outbox::post(can, tx, &letter, RESET).await?;
        Ok(Change::new(Subject::new("user", user.id), (), json!({ "link": "mailed" }), ()))
    });
    posted.await
}

fn dead() -> Error {
    Error::invalid(
        "body/token must be from a link that still works; this one has expired or was used: POST /auth/reset",
    )
}

pub async fn confirm(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Json(body): Json<ByLink>,
) -> Result<Signed<Done>> {
    let hash = auth::hash(&body.token);
    let reading = app.reader.reading_for(Lane::of_credential(&hash));
    let link = store::link(reading, &hash, Use::Password.name(), app.now()).await?.ok_or_else(dead)?;
    let user: Uuid = link.user;
    let home = store::home(&app.reader, user, app.now()).await?.ok_or_else(dead)?;
    let profile = store::profile(&app.reader, user).await?;
    let beside = profile.email_verified && !factors::store::kinds(&app.reader, user).await?.is_empty();
    let new = chosen(&app, Seat::known(user), &body.password, beside, profile.words()).await?;
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
        let concerned = match mailed && !present.email_verified {
            // Until now somebody else vouched for the address, and perhaps enrolled what there is.
            true => store::disown(tx, user, can.now()).await?,
            false => vec![],
        };
        if factors::store::kinds(&mut *tx, user).await?.is_empty() && !new.long {
            return Err(Error::Conflict("your second factors have just changed; try again".to_owned()));
        }
        store::close_links(tx, user, None).await?;
        store::reset_password(tx, user, &new, mailed, can.now()).await?;
        let ended = sessions::store::end_others(tx, user, None).await?;
        store::notify(can, tx, &profile.email, Notice::PasswordChanged).await?;
        let done =
            Done::of("Your password is changed, and all your sessions are ended. Sign in with it now.");
        let after = json!({ "sessions_ended": ended, "personal_keys_revoked": !concerned.is_empty() });
        Ok(Change::new(Subject::new("user", user), (), after, done).also_for_members(concerned))
    });
    let body = reset.await?;
    // Whoever has the mailbox is known by this device from now on, and what others have tried is forgiven.
    forgive(&app, &sign_in::shared_tries(&about), true).await;
    Ok(Signed { body, cookies: vec![sign_in::device(&app, user)?] })
}
