//! What a page says once after a change. The answer to the change leads to the next page, and a sealed cookie carries the
//! sentence there. It lives for a minute.

use super::frame::{Note, Tone};
use crate::access::Caller;
use crate::app::App;
use crate::auth::Cookie;
use crate::error::{Error, Result};
use axum::http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

const SECONDS: i64 = 60;
/// Characters of each of the two texts, so that the cookie stays small.
const LONGEST: usize = 400;

#[derive(Serialize, Deserialize)]
struct Said {
    bold: String,
    rest: String,
    at: i64,
}

/// Only the person to whom it is said can read it.
fn about(caller: Option<&Caller>) -> String {
    let user = caller.and_then(|caller| caller.identity().user);
    format!("said to {}", user.unwrap_or_default())
}

pub fn cookie(app: &App, caller: Option<&Caller>, note: &Note) -> Result<HeaderValue> {
    let short = |text: &str| text.chars().take(LONGEST).collect::<String>();
    let said = Said { bold: short(&note.bold), rest: short(&note.rest), at: app.now().0 };
    let plain = serde_json::to_vec(&said).map_err(Error::internal)?;
    let sealed = app.vault.seal(Uuid::nil(), &about(caller), &plain, &app.random()?)?;
    app.site.set_for(Cookie::Said, &sealed, SECONDS)
}

/// The note of the cookie, and the header that deletes it.
pub fn note(app: &App, caller: Option<&Caller>, headers: &HeaderMap) -> Option<(Option<Note>, HeaderValue)> {
    let sealed = app.site.read(Cookie::Said, headers)?;
    let clear = app.site.clear(Cookie::Said).ok()?;
    let plain = app.vault.open(Uuid::nil(), &about(caller), &sealed).ok();
    let said = plain.and_then(|plain| serde_json::from_slice::<Said>(&plain).ok());
    let said = said.filter(|said| app.now().0 - said.at <= SECONDS * 1000);
    let note = said.map(|Said { bold, rest, .. }| Note { tone: Tone::Yes, bold, rest });
    Some((note, clear))
}
