//! The people of this server, and help for those who cannot sign in: a link to choose a password, and the
//! removal of lost second factors.

use super::list::{self, Limit};
use super::out::Out;
use super::{open, serving, workspace::exists};
use crate::access::{Can, profile::AskReset};
use crate::app::App;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::http::address;
use crate::resources::users::{self, Link, LinkKind};
use crate::resources::{factors, people};
use serde_json::json;
use uuid::Uuid;

#[derive(clap::Subcommand)]
pub enum User {
    /// List the users of this server and their workspaces
    List {
        /// Only members of this workspace
        #[arg(long, value_name = "ID")]
        workspace: Option<Uuid>,
        #[command(flatten)]
        limit: Limit,
    },
    /// Print a link with which a user chooses a new password; it works once, for 30 minutes, and does not sign them in
    Link {
        /// The e-mail address with which the user signs in
        address: String,
    },
    /// Remove all second factors of a user who has lost them, and end all sessions
    DropFactors {
        /// The e-mail address with which the user signs in
        address: String,
    },
}

impl User {
    pub async fn run(&self, config: &Config, out: Out) -> Result<()> {
        let app = open::existing(config).await?;
        match self {
            User::List { workspace, limit } => {
                if let Some(workspace) = workspace {
                    exists(&app, *workspace).await?;
                }
                list::users(&app, *workspace, limit, out).await
            }
            User::Link { address } => link(&app, config, address, out).await,
            User::DropFactors { address } => drop_factors(&app, address, out).await,
        }
    }
}

/// The user with this address, and the workspace whose audit log records the change.
async fn person(app: &App, email: &str) -> Result<(Uuid, Uuid)> {
    let unknown = || Error::invalid(format!("`{email}` is not a user of this server, or has no workspace"));
    let user = users::by_address(&app.reader, &address(email)).await?.ok_or_else(unknown)?;
    let home = users::home(&app.reader, user.id, app.now()).await?.ok_or_else(unknown)?;
    Ok((user.id, home))
}

async fn link(app: &App, config: &Config, email: &str, out: Out) -> Result<()> {
    let (user, home) = person(app, email).await?;
    let link = Link::new(app, LinkKind::Password)?;
    let (base, known) = serving::base(app, config).await?;
    let url = link.url(&app.with(|app| app.public_url = base.trim_end_matches('/').into()));
    let expires_at = link.expires_at;
    people::hand_over_link(Can::<AskReset>::operator(app, home), user, link).await?;
    if !known {
        tracing::warn!(
            "no server has run on this database yet, so the link begins with the default address; set --public-url \
             if people reach the server elsewhere"
        );
    }
    out.say(&json!({ "url": url, "expires_at": expires_at }), &url)
}

async fn drop_factors(app: &App, email: &str, out: Out) -> Result<()> {
    let (user, home) = person(app, email).await?;
    let dropped = factors::drop_all(Can::operator(app, home), user).await?;
    let text = format!(
        "{} second factors removed, {} sessions ended; {email} can now sign in with only the password",
        dropped.factors_dropped, dropped.sessions_ended
    );
    out.say(&dropped, text)
}
