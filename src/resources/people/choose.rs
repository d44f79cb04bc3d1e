//! A password that somebody chooses, checked and hashed before the transaction that stores it.

use crate::app::App;
use crate::auth;
use crate::error::{Error, Result};

/// What is stored of it: the hash, and whether it is long enough to stand alone.
#[derive(Clone)]
pub struct Chosen {
    pub hash: String,
    pub long: bool,
}

/// `words` is what is known of the person.
pub async fn chosen(app: &App, password: &str, beside_factor: bool, words: Vec<String>) -> Result<Chosen> {
    let text = password.to_owned();
    let judged = tokio::task::spawn_blocking(move || {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        auth::choose("password", &text, beside_factor, &words)
    });
    judged.await.map_err(Error::internal)??;
    Ok(Chosen { hash: app.passwords.hash(password).await?, long: auth::is_long(password) })
}
