//! A server without a workspace prints a link to create the first one. The link has a token. It is also
//! stored in a file that only its owner can read. The database has the hash of the token.

use super::open::Place;
use crate::app::App;
use crate::auth;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::resources::people::setup;
use crate::resources::workspaces;
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

const FILE: &str = "setup-url";

/// The link, which stays the same until it is used. Returns `None` if there is a workspace, or if a password
/// would be sent unencrypted.
pub async fn offer(app: &App, config: &Config) -> Result<Option<String>> {
    if workspaces::any(&app.reader).await? {
        used(config)?;
        return Ok(None);
    }
    if app.site.is_safe().is_err() {
        tracing::warn!(
            "this server has no workspace yet. The page that creates the first one works over https only: set \
             public-url to the https address of your proxy, or create the workspace here with `gatepost init`"
        );
        return Ok(None);
    }
    let file = file(config)?;
    let token = match kept(app, file.as_deref()).await? {
        Some(token) => token,
        None => {
            let token = auth::token(&app.random()?);
            setup::arm(app, &token).await?;
            token
        }
    };
    let url = setup::url(app, &token);
    if let Some(file) = &file {
        keep(file, &url)?;
    }
    tokio::spawn(forget(app.clone(), config.clone()));
    Ok(Some(url))
}

/// Deletes the file once the link was used.
pub fn used(config: &Config) -> Result<()> {
    if let Some(file) = file(config)? {
        let _not_there = fs::remove_file(file);
    }
    Ok(())
}

async fn forget(app: App, config: Config) {
    app.set_up.notified().await;
    tracing::info!("the first workspace was created; the set-up link no longer works");
    if let Err(error) = used(&config) {
        tracing::debug!(%error, "the file of the set-up link could not be deleted");
    }
}

fn file(config: &Config) -> Result<Option<PathBuf>> {
    Ok(match Place::of(config)? {
        Place::Sqlite(folder) => Some(folder.join(FILE)),
        Place::Postgres(_) => None,
    })
}

/// The token in the file, if it is still valid.
async fn kept(app: &App, file: Option<&Path>) -> Result<Option<String>> {
    let text = file.and_then(|file| fs::read_to_string(file).ok());
    let token =
        text.as_deref().and_then(|text| text.trim().split_once('#')).map(|(_, token)| token.to_owned());
    match token {
        Some(token) if setup::is_token(app, &token).await? => Ok(Some(token)),
        Some(_) | None => Ok(None),
    }
}

fn keep(file: &PathBuf, url: &str) -> Result<()> {
    let _not_there = fs::remove_file(file);
    let written = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .and_then(|mut file| writeln!(file, "{url}"));
    written.map_err(|error| Error::invalid(format!("cannot write {}: {error}", file.display())))
}
