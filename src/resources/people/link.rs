//! Links that are mailed to a person: a random token, of which the hash is stored, good for half an hour and once. The
//! last address that was asked for is the one that can be confirmed; but a link to choose a password does not kill those
//! before, or anybody who knows an address could take them from its owner. Of several, the first to be used is the last.

use super::{Token, store};
use crate::app::App;
use crate::auth;
use crate::db::{Lane, Tx};
use crate::error::{Error, Result};
use crate::http::Json;
use crate::time::Time;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Password,
    Email,
}

const HALF_AN_HOUR: i64 = 30 * Time::MINUTE;

impl Use {
    pub fn name(self) -> &'static str {
        match self {
            Use::Password => "password",
            Use::Email => "email",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Use::Password => "reset",
            Use::Email => "email",
        }
    }
}

#[derive(Clone)]
pub struct Link {
    to: Use,
    token: String,
    pub expires_at: Time,
}

impl Link {
    pub fn new(app: &App, to: Use) -> Result<Link> {
        let token = auth::token(&app.random()?);
        Ok(Link { to, token, expires_at: app.now().plus(HALF_AN_HOUR) })
    }

    /// From the public address, never from the request. The token stands behind `#`, which browsers do not send.
    pub fn url(&self, app: &App) -> String {
        format!("{}/auth/{}#{}", app.public_url, self.to.path(), self.token)
    }

    pub async fn open(&self, tx: &mut Tx, user: Uuid, email: &str) -> Result<()> {
        if self.to == Use::Email {
            store::close_links(tx, user, Some(self.to.name())).await?;
        }
        let hash = auth::hash(&self.token);
        store::insert_link(tx, &hash, user, (self.to.name(), email), self.expires_at).await?;
        Ok(())
    }
}

/// What a page shows to a person who has opened a link.
#[derive(Serialize, JsonSchema)]
pub struct Shown {
    /// The address that the person signs in with, or will.
    pub email: String,
    pub expires_at: Time,
}

/// Only the holder of the token learns what the link is about. Unknown, used and expired tokens get one answer.
pub async fn show(State(app): State<App>, Json(body): Json<Token>) -> Result<Json<Shown>> {
    let hash = auth::hash(&body.token);
    let shown = store::shown(app.reader.reading_for(Lane::of_credential(&hash)), &hash, app.now()).await?;
    let (email, expires_at) =
        shown.ok_or_else(|| Error::invalid("body/token must be the token of an open link"))?;
    Ok(Json(Shown { email, expires_at }))
}
