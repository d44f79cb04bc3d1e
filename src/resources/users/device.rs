//! Devices on which a person has signed in before. The server stores nothing: the cookie of a device is sealed and names
//! the user and the time.

use super::User;
use crate::app::App;
use crate::auth::Cookie;
use crate::error::Result;
use crate::time::Time;
use axum::http::HeaderValue;
use uuid::Uuid;

const DEVICE: &str = "device";

/// The cookie by which the server recognizes this device the next time.
pub fn device(app: &App, user: Uuid) -> Result<HeaderValue> {
    let sealed = app.vault.seal(user, DEVICE, &app.now().0.to_be_bytes(), &app.random()?)?;
    app.site.set(Cookie::Device, &sealed)
}

/// Whether the user has signed in on this device since they chose their password. Somebody who knew the former password
/// gets no tries of their own at the next one.
pub fn knows_device(app: &App, user: Uuid, chosen: Time, cookie: &str) -> bool {
    let since = app.vault.open(user, DEVICE, cookie).ok().and_then(|bytes| bytes.try_into().ok());
    since.is_some_and(|bytes| i64::from_be_bytes(bytes) >= chosen.0)
}

/// The cookie, if it is from a device that the user has used before.
pub fn known_device(app: &App, cookie: Option<&String>, user: Option<&User>) -> Option<String> {
    let (cookie, user) = cookie.zip(user)?;
    knows_device(app, user.id, user.password_chosen_at, cookie).then(|| cookie.clone())
}
