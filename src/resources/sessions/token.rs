//! The token of a session: the cookie holds it, the server stores only its hash.

use crate::app::App;
use crate::auth::{self, Cookie};
use crate::error::Result;
use axum::http::HeaderValue;

pub struct Token {
    plain: String,
    pub hash: String,
}

impl Token {
    pub fn new(app: &App) -> Result<Token> {
        let plain = auth::token(&app.random()?);
        let hash = auth::hash(&plain);
        Ok(Token { plain, hash })
    }

    pub fn cookie(&self, app: &App) -> Result<HeaderValue> {
        app.site.set(Cookie::Session, &self.plain)
    }
}
