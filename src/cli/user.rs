//! People who cannot sign in, and stand before the operator: a link to choose a password, and an end to second factors
//! that are lost.

use super::open;
use crate::access::{Can, profile::AskReset};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::resources::people::{self, Link, Use};
use crate::resources::workspace_members::address;
use crate::resources::{factors, sessions, sign_in};
use serde_json::json;
use uuid::Uuid;

#[derive(clap::Subcommand)]
pub enum User {
    /// Print a link with which somebody chooses a new password: it works once, for half an hour, and signs nobody in
    Link {
        /// The address with which the person signs in
        address: String,
    },
    /// Take away all second factors of somebody who has lost them, and end all sessions
    DropFactors {
        /// The address with which the person signs in
        address: String,
    },
}

impl User {
    pub async fn run(&self, config: &Config) -> Result<()> {
        let app = open::existing(config).await?;
        match self {
            User::Link { address } => link(&app, address).await,
            User::DropFactors { address } => drop_factors(&app, address).await,
        }
    }
}

/// Who has the address, and the workspace in which what is done to him is recorded.
async fn person(app: &App, email: &str) -> Result<(Uuid, Uuid)> {
    let unknown = || Error::invalid(format!("there is no user `{email}`, or he is a member of no workspace"));
    let user = sign_in::store::user_of(&app.reader, &address(email)).await?.ok_or_else(unknown)?;
    let home = people::store::home(&app.reader, user.id, app.now()).await?.ok_or_else(unknown)?;
    Ok((user.id, home))
}

async fn link(app: &App, email: &str) -> Result<()> {
    let (user, home) = person(app, email).await?;
    let link = Link::new(app, Use::Password)?;
    let url = link.url(app);
    // Whether the address is his the operator knows, or does not.
    let opened = Can::<AskReset>::operator(app, home).write(async move |_, tx| {
        link.open(tx, user, "").await?;
        Ok(Change::new(Subject::new("user", user), (), json!({ "link": "shown" }), ()))
    });
    opened.await?;
    println!("{url}");
    Ok(())
}

async fn drop_factors(app: &App, email: &str) -> Result<()> {
    let (user, home) = person(app, email).await?;
    let dropped =
        Can::<crate::access::factors::DisableTotp>::operator(app, home).write(async move |_, tx| {
            let held = factors::store::all(&mut *tx, user).await?;
            for factor in &held {
                factors::store::delete(tx, user, factor.id).await?;
            }
            factors::store::replace_codes(tx, user, &[]).await?;
            let ended = sessions::store::end_others(tx, user, None).await?;
            let after = json!({ "factors_dropped": held.len(), "sessions_ended": ended });
            Ok(Change::new(Subject::new("user", user), (), after, (held.len(), ended)))
        });
    let (factors, ended) = dropped.await?;
    println!(
        "{factors} second factors dropped, {ended} sessions ended; the password alone lets {email} in now"
    );
    Ok(())
}
