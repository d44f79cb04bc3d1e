//! A password that a person chooses. It is checked and hashed before the transaction that stores it.

use crate::app::App;
use crate::auth::{self, Seat};
use crate::error::Result;

/// A password to check and hash.
pub struct Choice<'a> {
    pub password: &'a str,
    /// With a second factor, a shorter password is enough.
    pub has_factor: bool,
    /// What is known of the person: the password must not consist of it.
    pub words: Vec<String>,
}

/// What is stored of a password.
#[derive(Clone)]
pub struct Chosen {
    pub hash: String,
    /// Whether it is long enough without a second factor.
    pub long: bool,
}

pub async fn choose(app: &App, seat: Seat, choice: Choice<'_>) -> Result<Chosen> {
    let Choice { password, has_factor, words } = choice;
    let hash = app.passwords.choose(seat, password, has_factor, words).await?;
    Ok(Chosen { hash, long: auth::is_long(password) })
}
