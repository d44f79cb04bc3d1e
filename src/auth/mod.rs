//! Credentials: the form of a key, what is stored of it, and how passwords are stored. This module knows no
//! resources and no permissions.

mod choice;
mod cookie;
mod line;
mod passkey;
mod password;
mod secret;
mod totp;
mod vault;

pub use choice::{LONGEST, is_long};
pub use cookie::{Cookie, Site};
pub use line::Seat;
pub use passkey::{Holder, Passkeys};
pub use password::Passwords;
pub use secret::{Kind, Secret, hash, token};
pub use totp::Seed;
pub use vault::{Macs, Vault};

use axum::http::{HeaderMap, header};

/// The message for an unknown key. It is the same for a deleted key.
pub const UNKNOWN: &str = "Invalid API key";

/// The message for a session that has ended.
pub const ENDED: &str = "Invalid session; sign in again";

/// The credential that a request presents.
pub enum Credential {
    /// The hash of an API key.
    Key(String),
    /// The hash of a session's token.
    Session(String),
}

/// A key has precedence over a cookie, because browsers send cookies by themselves.
pub fn credential(site: &Site, headers: &HeaderMap) -> Result<Credential, &'static str> {
    let session =
        || site.read(Cookie::Session, headers).filter(|_| !headers.contains_key(header::AUTHORIZATION));
    match session() {
        Some(token) => Ok(Credential::Session(hash(&token))),
        None => bearer(headers).map(hash).map(Credential::Key),
    }
}

/// The key of the request, or an error about the header.
pub fn bearer(headers: &HeaderMap) -> Result<&str, &'static str> {
    let header = headers.get(header::AUTHORIZATION).ok_or("Missing Authorization header")?;
    let (scheme, key) = header.to_str().ok().and_then(|text| text.split_once(' ')).unwrap_or_default();
    let key = key.trim();
    match scheme.eq_ignore_ascii_case("bearer") && !key.is_empty() {
        true => Ok(key),
        false => Err("Invalid authorization header"),
    }
}
