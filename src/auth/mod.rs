//! Credentials: what a key looks like, what is stored of it, and how passwords are kept. Knows nothing of
//! resources, and not who may do what.

mod password;
mod secret;
mod vault;

pub use password::Passwords;
pub use secret::{Kind, Secret, hash, token};
pub use vault::Vault;

use axum::http::{HeaderMap, header};

/// What is said of a key that nobody has, the same for one that never was.
pub const UNKNOWN: &str = "Invalid API key";

/// The key of the request, or what is wrong with the header.
pub fn bearer(headers: &HeaderMap) -> Result<&str, &'static str> {
    let header = headers.get(header::AUTHORIZATION).ok_or("Missing Authorization header")?;
    let (scheme, key) = header.to_str().ok().and_then(|text| text.split_once(' ')).unwrap_or_default();
    let key = key.trim();
    match scheme.eq_ignore_ascii_case("bearer") && !key.is_empty() {
        true => Ok(key),
        false => Err("Invalid authorization header"),
    }
}
