//! A password that somebody chooses, checked and hashed before the transaction that stores it.

use crate::app::App;
use crate::auth::{self, Seat};
use crate::error::Result;

/// What is stored of it: the hash, and whether it is long enough to stand alone.
#[derive(Clone)]
pub struct Chosen {
    pub hash: String,
    pub long: bool,
}

/// `words` is what is known of the person.
pub async fn chosen(
    app: &App,
    seat: Seat,
    password: &str,
    beside_factor: bool,
    words: Vec<String>,
) -> Result<Chosen> {
    let hash = app.passwords.choose(seat, password, beside_factor, words).await?;
    Ok(Chosen { hash, long: auth::is_long(password) })
}
