//! A new password by a mailed link. The link signs nobody in, so it does not bypass a second factor.
//!
//! Until an address is verified, only the inviter has vouched for it. The first link that is mailed to it proves whose the
//! address is: whatever was enrolled before then is deleted.

use super::link::Redeeming;
use super::{ByLink, Done, NO_MAIL, NewEmail};
use crate::access::tries::{Limit, count, forgive};
use crate::access::{
    Can,
    profile::{AskReset, Reset},
};
use crate::app::App;
use crate::audit::{Change, Membership, Subject};
use crate::auth::{self, Seat};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::{Locality, Origin, address};
use crate::jobs::outbox;
use crate::mail::letters::{self, Notice};
use crate::resources::sessions::{self, Signed};
use crate::resources::users::{self, Choice, Link, LinkKind, User, Visitor, choose};
use crate::resources::{api_keys, factors, members};
use crate::time::Time;
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

/// The kind of the letter.
const RESET: &str = "reset";
const DAY: i64 = 24 * 60 * 60 * 1000;
const HOUR: i64 = 60 * 60 * 1000;
/// Links for one address in a day that one place can ask for.
const FROM_ONE_PLACE: i64 = 3;
/// Links for one address in a day that all networks together can ask for again.
const IN_ALL: i64 = 20;
/// Links for one address in an hour that networks can ask for which had none that day.
const FIRST_ONES: i64 = 20;
/// Above that, one link in this time is mailed. So the owner of the address always finds one that still works.
const TRICKLE: i64 = 5 * 60 * 1000;
/// How often a busy database is tried, and the pause between two tries.
const PATIENCE: u32 = 10;
const PAUSE: Duration = Duration::from_millis(500);

/// A request for a link.
#[derive(Clone)]
struct Asked {
    email: String,
    origin: Origin,
    /// The cookie of a device, which may belong to another person.
    device: Option<String>,
    /// Whether this place is still within its limit.
    within: bool,
}

/// Answers the same, in the same time, whether the address belongs to a user or not: the rest is done behind the answer.
/// No request is dropped for lack of room: a place that asks for too much at once is told to try again.
pub async fn ask_reset(app: &App, visitor: Visitor, body: NewEmail) -> Result<Done> {
    app.site.is_safe()?;
    if app.mailer.is_none() {
        return Err(Error::Conflict(NO_MAIL.to_owned()));
    }
    let Visitor { origin, device, .. } = visitor;
    let (email, from) = (address(&body.email), Locality::of(origin.address));
    let visit = app.errands.enter(from)?;
    let within = count(app, &[limit(&email, &format!("from {from}"), FROM_ONE_PLACE, DAY)]).await?;
    if within || device.is_some() {
        let (asked, app) = (Asked { email, origin, device, within }, app.clone());
        app.errands.clone().queue(visit, async move { patiently(&app, asked).await })?;
    }
    Ok(Done::of("If the address is known here, a link was mailed to it. It works for 30 minutes."))
}

fn limit(email: &str, who: &str, most: i64, window: i64) -> Limit {
    Limit { name: auth::hash(&format!("link for {email} {who}")), most, window }
}

/// Tries again while the database is busy or unavailable.
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

/// Whether this link is mailed. Other people's requests do not use up the links of a person on a known device, nor those
/// of a network that had none that day.
async fn is_due(app: &App, asked: &Asked, user: &User) -> Result<bool> {
    let one = async |who: &str, most, window| count(app, &[limit(&asked.email, who, most, window)]).await;
    let knows = |device: &&String| users::knows_device(app, user.id, user.password_chosen_at, device);
    if let Some(device) = asked.device.as_ref().filter(knows) {
        return Ok(asked.within || one(&format!("on {device}"), FROM_ONE_PLACE, DAY).await?);
    }
    let network = Locality::of(asked.origin.address).network();
    Ok(asked.within
        && match one(&format!("first from {network}"), 1, DAY).await? {
            true => one("first", FIRST_ONES, HOUR).await? || one("trickle", 1, TRICKLE).await?,
            false => one("again", IN_ALL, DAY).await?,
        })
}

/// `due`: an earlier try has counted the link, so it is mailed.
async fn post(app: &App, asked: Asked, due: &mut bool) -> Result<()> {
    let Some(user) = users::by_address(&app.reader, &asked.email).await? else { return Ok(()) };
    if !*due && !is_due(app, &asked, &user).await? {
        return Ok(());
    }
    *due = true;
    let Asked { email, origin, .. } = asked;
    let Some(home) = users::home(&app.reader, user.id, app.now()).await? else { return Ok(()) };
    let Some(can) = Can::<AskReset>::person(app, home, user.id, origin).await? else { return Ok(()) };
    let link = Link::new(app, LinkKind::Password)?;
    can.write(async move |can, tx| {
        link.open(tx, user.id, &email).await?;
        let letter = letters::reset(&email, &link.url(can.app()))?;
        outbox::post(can, tx, &letter, RESET).await?;
        Ok(Change::new(Subject::new("user", user.id), (), json!({ "link": "mailed" }), ()))
    })
    .await
}

/// Opens a link that the operator hands over. They decide whether the address belongs to this person.
pub async fn hand_over_link(can: Can<AskReset>, user: Uuid, link: Link) -> Result<()> {
    can.write(async move |_, tx| {
        link.open(tx, user, "").await?;
        Ok(Change::new(Subject::new("user", user), (), json!({ "link": "shown" }), ()))
    })
    .await
}

pub async fn confirm_reset(app: &App, visitor: Visitor, body: ByLink) -> Result<Signed<Done>> {
    let link = Redeeming::of(app, LinkKind::Password, &body.token).await?;
    let user: Uuid = link.user;
    let profile = users::profile(&app.reader, user).await?;
    let has_factor = profile.email_verified && !factors::kinds(&app.reader, user).await?.is_empty();
    let choice = Choice { password: &body.password, has_factor, words: profile.words() };
    let new = choose(app, Seat::known(user), choice).await?;
    let about = users::password_of(&profile.email);
    let can = link.proof::<Reset>(app, visitor.origin).await?;
    let reset = can.write(async move |can, tx| {
        link.spend(tx, can.now()).await?;
        // A link that the operator handed over names no address.
        let (present, mailed) = (users::profile(&mut *tx, user).await?, !link.email.is_empty());
        if mailed && present.email != link.email {
            return Err(link.dead());
        }
        let concerned = match mailed && !present.email_verified {
            true => disown(tx, user, can.now()).await?,
            false => vec![],
        };
        if factors::kinds(&mut *tx, user).await?.is_empty() && !new.long {
            return Err(Error::Conflict("your second factors have just changed; try again".to_owned()));
        }
        users::close_links(tx, user, None).await?;
        users::reset_password(tx, user, &new, mailed, can.now()).await?;
        let ended = sessions::end_of_user(tx, user, None).await?;
        users::notify(can, tx, &profile.email, Notice::PasswordChanged).await?;
        let done =
            Done::of("Your password is changed, and all your sessions are ended. Sign in with it now.");
        let after = json!({ "sessions_ended": ended, "personal_keys_revoked": !concerned.is_empty() });
        Ok(Change::new(Subject::new("user", user), (), after, done).also_for_members(concerned))
    });
    let body = reset.await?;
    // The owner of the mailbox is known by this device from now on, and other people's tries are forgiven.
    forgive(app, &users::shared_tries(&about), true).await;
    Ok(Signed { body, cookies: vec![users::device(app, user)?] })
}

/// Deletes what somebody enrolled who perhaps did not own the address: second factors and personal keys. It returns where
/// the keys were.
async fn disown(tx: &mut Tx, user: Uuid, now: Time) -> Result<Vec<Membership>> {
    factors::delete_all(tx, user).await?;
    let concerned = members::with_personal_keys(tx, user).await?;
    api_keys::revoke_personal_of_user(tx, user, now).await?;
    Ok(concerned)
}
