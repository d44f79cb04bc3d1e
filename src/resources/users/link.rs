//! Links that are mailed to a person: a random token, valid for half an hour and once. Only its hash is stored.
//!
//! Of several links that confirm an address, only the newest works. A new link to choose a password does not close the
//! earlier ones: otherwise anybody who knows an address could keep its owner from using theirs. The first one that is
//! used closes the others.

use super::LinkKind;
use super::store::links::{OpenLink, close_links, open_link};
use crate::app::App;
use crate::auth;
use crate::db::Tx;
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

const HALF_AN_HOUR: i64 = 30 * 60 * 1000;

#[derive(Clone)]
pub struct Link {
    kind: LinkKind,
    token: String,
    pub expires_at: Time,
}

impl Link {
    pub fn new(app: &App, kind: LinkKind) -> Result<Link> {
        let token = auth::token(&app.random()?);
        Ok(Link { kind, token, expires_at: app.now().plus(HALF_AN_HOUR) })
    }

    /// Begins with the public address, never with what the request says. The token comes after `#`, which browsers do
    /// not send.
    pub fn url(&self, app: &App) -> String {
        format!("{}/auth/{}#{}", app.public_url, self.kind.path(), self.token)
    }

    /// Stores the link. `email` is the address that it is mailed to; empty if the operator hands it over.
    pub async fn open(&self, tx: &mut Tx, user: Uuid, email: &str) -> Result<()> {
        if self.kind == LinkKind::Email {
            close_links(tx, user, Some(self.kind)).await?;
        }
        let link = OpenLink { user, email: email.to_owned() };
        open_link(tx, &auth::hash(&self.token), self.kind, &link, self.expires_at).await
    }
}
