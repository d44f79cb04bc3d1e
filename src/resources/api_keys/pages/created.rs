//! The page that shows a new key once.

use super::super::ApiKey;
use super::LIST;
use crate::access::{Can, api_keys::Read};
use crate::error::Result;
use crate::time::Time;
use crate::web::{Offer, Page, Reply};
use askama::Template;

#[derive(Template)]
#[template(path = "api_keys/created.html")]
struct Created<'a> {
    key: &'a ApiKey,
    /// The whole key. It is not there if the same form was sent before.
    whole: bool,
    /// For a rotation: when the old key stops working. None if it has stopped already.
    old_key_ends: Option<Option<Time>>,
    base: &'a str,
    back: Option<Offer>,
}

/// `old_key_ends` is for a key that replaces another one.
pub fn page(can: &Can<Read>, key: &ApiKey, old_key_ends: Option<Option<Time>>) -> Result<Reply> {
    let back = LIST.offered(can, ()).map(|offer| offer.called("Back to the keys"));
    let base = &can.app().public_url;
    let created = Created { whole: key.is_whole(), key, old_key_ends, base, back };
    Ok(Page::new(format!("API key {}", key.name), &created)?.with_secret().into())
}
