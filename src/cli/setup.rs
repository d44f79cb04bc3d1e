//! A server without a workspace says how to make the first one: by a link with a token, which is kept in a file for its
//! owner's eyes as well. What the database has is its hash.

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

/// Prints the link, the same until it is used.
pub async fn offer(app: &App, config: &Config) -> Result<()> {
    let file = match Place::of(config)? {
        Place::Sqlite(folder) => Some(folder.join(FILE)),
        Place::Postgres(_) => None,
    };
    if workspaces::store::any(&app.reader).await? {
        if let Some(file) = file {
            let _not_there = fs::remove_file(file);
        }
        return Ok(());
    }
    if let Err(why) = app.site.is_safe() {
        tracing::warn!("there is no workspace yet; create one with `gatepost init`. {why}");
        return Ok(());
    }
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
    println!("There is no workspace yet. Open this link to make the first one; it works once:\n\n  {url}\n");
    Ok(())
}

/// The token in the file, if it is still the one.
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
