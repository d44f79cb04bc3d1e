//! Signing out, here and elsewhere. The list of sessions is on the page about security.

use super::{Signed, Which, end, end_all, sign_out};
use crate::access::{Can, sessions::*};
use crate::auth::Cookie;
use crate::error::Result;
use crate::http::{Id, Path};
use crate::web::{Pages, Posted, Rail, Reply, Way};

const SIGN_OUT: Way<SignOut> = Way::post("/sign-out", "Sign out");
pub const END: Way<End> = Way::post("/me/sessions/{id}/end", "Log out");
pub const END_OTHERS: Way<End> = Way::post("/me/sessions/others/end", "Log out all others");
pub const END_EVERY: Way<End> = Way::post("/me/sessions/every/end", "Log out of all devices").grave();

/// Where the list of sessions is.
const LISTED: &str = "/me/security";

pub fn pages() -> Pages {
    Pages::under(Rail::Own)
        .at(&SIGN_OUT, out)
        .at(&END, end_one)
        .at(&END_OTHERS, end_others)
        .at(&END_EVERY, end_every)
}

async fn out(can: Can<SignOut>, _: Posted<()>) -> Result<Reply> {
    let Signed { cookies, .. } = sign_out(can).await?;
    Ok(Reply::to_path("/sign-in?said=out").with_cookies(cookies).forgetting())
}

async fn end_one(can: Can<End>, Path(Id { id }): Path<Id>, _: Posted<()>) -> Result<Reply> {
    let ended = end(can, id).await?;
    Ok(match ended.current {
        true => Reply::to_path("/sign-in?said=out").forgetting(),
        false => Reply::to_path(LISTED).saying("That device is logged out."),
    })
}

async fn end_others(can: Can<End>, _: Posted<()>) -> Result<Reply> {
    let ended = end_all(can, Which { others: true }).await?.ended;
    let devices = if ended == 1 { "device is" } else { "devices are" };
    Ok(Reply::to_path(LISTED).saying(format!("{ended} other {devices} logged out.")))
}

async fn end_every(can: Can<End>, _: Posted<()>) -> Result<Reply> {
    let cookie = can.app().site.clear(Cookie::Session)?;
    end_all(can, Which { others: false }).await?;
    Ok(Reply::to_path("/sign-in?said=out").with_cookies(vec![cookie]).forgetting())
}
