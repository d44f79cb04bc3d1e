//! Signing out.

use super::{Signed, sign_out};
use crate::access::{Can, sessions::SignOut};
use crate::error::Result;
use crate::web::{Pages, Posted, Rail, Reply, Way};

const SIGN_OUT: Way<SignOut> = Way::post("/sign-out", "Sign out");

pub fn pages() -> Pages {
    Pages::under(Rail::Own).at(&SIGN_OUT, out)
}

async fn out(can: Can<SignOut>, _: Posted<()>) -> Result<Reply> {
    let Signed { cookies, .. } = sign_out(can).await?;
    Ok(Reply::to_path("/sign-in?said=out").with_cookies(cookies).forgetting())
}
