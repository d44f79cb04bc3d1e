//! A new address for signing in. A link that is mailed to it proves it, and the former address gets a notice. Until then
//! nothing changes.

use super::link::Redeeming;
use super::{Done, NewEmail, Token};
use crate::access::tries::{Limit, count};
use crate::access::{Can, profile::*};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::auth;
use crate::error::{Error, Result};
use crate::http::address;
use crate::jobs::outbox;
use crate::mail::letters::{self, Notice};
use crate::resources::members;
use crate::resources::users::{self, Link, LinkKind, Visitor};
use serde_json::json;

const DAY: i64 = 24 * 60 * 60 * 1000;
/// New addresses that one person can ask for in a day.
const A_DAY: i64 = 5;

/// The answer is the same if another user has the address. Only the mail tells its owner.
pub async fn ask_email(can: Can<ChangeEmail>, body: NewEmail) -> Result<Done> {
    if can.app().mailer.is_none() {
        return Err(Error::Conflict(super::NO_MAIL.to_owned()));
    }
    // Without the limit, anybody could have letters sent to strangers.
    let name = auth::hash(&format!("addresses of {}", users::own(&can)?));
    if !count(can.app(), &[Limit { name, most: A_DAY, window: DAY }]).await? {
        return Err(Error::DailyLimit(format!(
            "a person asks for another address at most {A_DAY} times a day"
        )));
    }
    let link = Link::new(can.app(), LinkKind::Email)?;
    can.write(async move |can, tx| {
        let (user, email) = (users::own(can)?, address(&body.email));
        let profile = users::profile(&mut *tx, user).await?;
        outbox::demand_room(can, tx, &email).await?;
        link.open(tx, user, &email).await?;
        let letter = letters::confirm_email(&email, &profile.email, &link.url(can.app()))?;
        outbox::post(can, tx, &letter, "confirmation").await?;
        users::notify(can, tx, &profile.email, Notice::EmailAsked).await?;
        let done = Done::of(
            "A link was mailed to the new address. It works for 30 minutes. Until then nothing changes.",
        );
        Ok(Change::new(Subject::new("user", user), (), json!({ "new_email": email }), done))
    })
    .await
}

pub async fn confirm_email(app: &App, visitor: Visitor, body: Token) -> Result<Done> {
    let link = Redeeming::of(app, LinkKind::Email, &body.token).await?;
    let can = link.proof::<ConfirmEmail>(app, visitor.origin).await?;
    can.write(async move |can, tx| {
        let before = users::profile(&mut *tx, link.user).await?;
        link.spend(tx, can.now()).await?;
        if users::is_taken(tx, &link.email, link.user).await? {
            return Err(link.dead());
        }
        users::set_email(tx, link.user, &link.email).await?;
        members::set_email(tx, link.user, &link.email).await?;
        members::set_search(tx, link.user, &before.full_name()).await?;
        // A link to choose a password may still lie in the former mailbox.
        users::close_links(tx, link.user, None).await?;
        users::notify(can, tx, &before.email, Notice::EmailChanged).await?;
        let done = Done::of("From now on you sign in with the new address.");
        let (was, is) = (json!({ "email": before.email }), json!({ "email": link.email }));
        let concerned = members::of_user(tx, link.user, Some(&link.email)).await?;
        Ok(Change::new(Subject::new("user", link.user), was, is, done).also_for_members(concerned))
    })
    .await
}
