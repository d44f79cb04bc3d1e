//! Redeeming a link that was mailed to a person: what it shows, whose it is, and using it up.

use super::Token;
use crate::access::{Can, Permission};
use crate::app::App;
use crate::auth;
use crate::db::{Lane, Tx};
use crate::error::{Error, Result};
use crate::http::Origin;
use crate::resources::users::{self, LinkKind, OpenLink};
use crate::time::Time;
use schemars::JsonSchema;
use serde::Serialize;
use std::ops::Deref;
use uuid::Uuid;

/// What a page shows to a person who has opened a link.
#[derive(Serialize, JsonSchema)]
pub struct Shown {
    /// The address for signing in, or the one to confirm.
    pub email: String,
    pub expires_at: Time,
}

/// Only the holder of the token learns what the link is about. Unknown, used and expired tokens get the same error.
pub async fn show_link(app: &App, body: &Token) -> Result<Shown> {
    let hash = auth::hash(&body.token);
    let shown = users::shown_link(app.reader.reading_for(Lane::of_credential(&hash)), &hash, app.now());
    let (email, expires_at) =
        shown.await?.ok_or_else(|| Error::invalid("body/token must be the token of an open link"))?;
    Ok(Shown { email, expires_at })
}

/// A link that was open when its token arrived.
#[derive(Clone)]
pub struct Redeeming {
    hash: String,
    kind: LinkKind,
    link: OpenLink,
    home: Uuid,
}

impl Deref for Redeeming {
    type Target = OpenLink;
    fn deref(&self) -> &OpenLink {
        &self.link
    }
}

impl Redeeming {
    /// Unknown, used, expired and replaced links get the same error.
    pub async fn of(app: &App, kind: LinkKind, token: &str) -> Result<Redeeming> {
        let hash = auth::hash(token);
        let reading = app.reader.reading_for(Lane::of_credential(&hash));
        let dead = || dead(kind);
        let link = users::find_link(reading, &hash, kind, app.now()).await?.ok_or_else(dead)?;
        let home = users::home(&app.reader, link.user, app.now()).await?.ok_or_else(dead)?;
        Ok(Redeeming { hash, kind, link, home })
    }

    pub async fn proof<P: Permission>(&self, app: &App, origin: Origin) -> Result<Can<P>> {
        Can::<P>::person(app, self.home, self.link.user, origin).await?.ok_or_else(|| self.dead())
    }

    /// Uses the link up. Of several simultaneous calls, one succeeds.
    pub async fn spend(&self, tx: &mut Tx, now: Time) -> Result<()> {
        match users::use_link(tx, &self.hash, self.kind, now).await? {
            true => Ok(()),
            false => Err(self.dead()),
        }
    }

    pub fn dead(&self) -> Error {
        dead(self.kind)
    }
}

fn dead(kind: LinkKind) -> Error {
    Error::invalid(match kind {
        LinkKind::Email => {
            "body/token must be from a link that still works; this one has expired, was replaced or was used: ask for a \
             new one"
        }
        LinkKind::Password => {
            "body/token must be from a link that still works; this one has expired or was used: POST /auth/reset"
        }
    })
}
