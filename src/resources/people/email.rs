//! Another address to sign in with: it is proven by a link that is mailed to it, and the old one hears of it. Until then
//! nothing changes.

use super::{Done, Link, NewEmail, Token, Use, profile::own, store};
use crate::access::tries::{Limit, count};
use crate::access::{Can, profile::*};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::auth;
use crate::db::Lane;
use crate::error::{Error, Result};
use crate::http::{Json, Origin, address};
use crate::jobs::outbox;
use crate::mail::letters::{self, Notice};
use crate::time::Time;
use axum::Extension;
use axum::extract::State;
use serde_json::json;

/// Addresses that one person asks for.
const A_DAY: i64 = 5;

/// The same whether the address is somebody's already: who owns it finds out by the mail alone.
pub async fn ask(can: Can<ChangeEmail>, Json(body): Json<NewEmail>) -> Result<Json<Done>> {
    if can.app().mailer.is_none() {
        return Err(Error::Conflict(super::reset::NO_MAIL.to_owned()));
    }
    // Or anybody could have letters sent to strangers, one each.
    let limit =
        Limit { name: auth::hash(&format!("addresses of {}", own(&can)?)), most: A_DAY, window: Time::DAY };
    if !count(can.app(), &[limit]).await? {
        return Err(Error::DailyLimit(format!(
            "a person asks for another address at most {A_DAY} times a day"
        )));
    }
    let link = Link::new(can.app(), Use::Email)?;
    let asked = can.write(async move |can, tx| {
        let (user, email) = (own(can)?, address(&body.email));
        let profile = store::profile(&mut *tx, user).await?;
        outbox::demand_room(can, tx, &email).await?;
        link.open(tx, user, &email).await?;
        let letter = letters::confirm_email(&email, &profile.email, &link.url(can.app()))?;
        outbox::post(can, tx, &letter, "confirmation").await?;
        store::notify(can, tx, &profile.email, Notice::EmailAsked).await?;
        let done = Done::of(
            "A link was mailed to the new address. It is good for half an hour; until then nothing changes.",
        );
        Ok(Change::new(Subject::new("user", user), (), json!({ "new_email": email }), done))
    });
    asked.await.map(Json)
}

/// Used, expired, replaced, never there, or of an address that has become somebody's: one answer.
fn dead() -> Error {
    Error::invalid("body/token is of no open confirmation; ask for a new link")
}

pub async fn confirm(
    State(app): State<App>,
    Extension(origin): Extension<Origin>,
    Json(body): Json<Token>,
) -> Result<Json<Done>> {
    let hash = auth::hash(&body.token);
    let reading = app.reader.reading_for(Lane::of_credential(&hash));
    let link = store::link(reading, &hash, Use::Email.name(), app.now()).await?.ok_or_else(dead)?;
    let home = store::home(&app.reader, link.user, app.now()).await?.ok_or_else(dead)?;
    let can = Can::<ConfirmEmail>::person(&app, home, link.user, origin).await?.ok_or_else(dead)?;
    let confirmed = can.write(async move |can, tx| {
        let before = store::profile(&mut *tx, link.user).await?;
        // Whoever of many takes the link away is the one.
        if store::use_link(tx, &hash, Use::Email.name(), can.now()).await? == 0
            || store::is_taken(tx, &link.email, link.user).await?
        {
            return Err(dead());
        }
        store::set_email(tx, link.user, &link.email).await?;
        // A link to choose a password that lies in the old mailbox opens nothing any more.
        store::close_links(tx, link.user, None).await?;
        store::notify(can, tx, &before.email, Notice::EmailChanged).await?;
        let done = Done::of("From now on you sign in with the new address.");
        let (was, is) = (json!({ "email": before.email }), json!({ "email": link.email }));
        let concerned = store::memberships(tx, link.user, Some(&link.email)).await?;
        Ok(Change::new(Subject::new("user", link.user), was, is, done).also_for_members(concerned))
    });
    confirmed.await.map(Json)
}
