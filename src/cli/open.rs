//! Opens the database of a configuration and builds the [`App`].

use super::secret::{derive, fingerprint, key};
use crate::app::{App, Parts, System};
use crate::auth::Vault;
use crate::config::{Config, DATA};
use crate::db;
use crate::error::{Error, Result};
use crate::jobs;
use crate::mail::Mailer;
use crate::net::Net;
use crate::time::Time;
use crate::tls;
use std::fs;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Corrections of the clock up to this many milliseconds are not logged.
const TOLERATED: i64 = 60_000;
pub const DATABASE: &str = "gatepost.db";

pub enum Place {
    Sqlite(PathBuf),
    Postgres(String),
}

impl Place {
    pub fn of(config: &Config) -> Result<Place> {
        match (&config.database, &config.data) {
            (Some(_), Some(_)) => Err(Error::invalid("set --data or --database, not both")),
            (None, data) => Ok(Place::Sqlite(data.clone().unwrap_or_else(|| DATA.into()))),
            (Some(url), None) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Place::Postgres(url.clone()))
            }
            (Some(_), None) => Err(Error::invalid("--database must be a URL that begins with postgres://")),
        }
    }

    /// The address of the database in the form that `db` expects.
    pub fn url(&self) -> String {
        match self {
            Place::Sqlite(folder) => format!("sqlite:{}", folder.join(DATABASE).display()),
            Place::Postgres(url) => url.clone(),
        }
    }

    /// Whether a database exists, as far as this can be seen without opening it.
    pub fn exists(&self) -> bool {
        match self {
            Place::Sqlite(folder) => folder.join(DATABASE).is_file(),
            Place::Postgres(_) => true,
        }
    }
}

/// For commands that need an existing database.
pub async fn existing(config: &Config) -> Result<App> {
    let place = Place::of(config)?;
    if let (Place::Sqlite(folder), false) = (&place, place.exists()) {
        let folder = folder.display();
        return Err(Error::invalid(format!(
            "there is no database in {folder}; create one with `gatepost init`"
        )));
    }
    any(config).await
}

/// Creates the data folder and the database if they are missing.
pub async fn any(config: &Config) -> Result<App> {
    let place = Place::of(config)?;
    if let Place::Sqlite(folder) = &place {
        create(folder)?;
    }
    let key = key(config, &place)?;
    let database = db::open(&place.url(), &fingerprint(&key)).await?;
    let system = System::default();
    let behind = system.clock.not_before(jobs::mark(&database.0).await?.unwrap_or(Time(0)));
    if behind > TOLERATED {
        tracing::warn!(
            "the clock is {} s behind what this database has seen; time goes on from there. If it was ahead by \
             mistake before, see `gatepost admin doctor`",
            behind / 1000
        );
    }
    let parts = Parts {
        rate_limit: config.rate_limit,
        storage: config.storage(),
        trusted_proxies: config.trusted_proxies.clone(),
        mailer: mailer(config)?,
        public_url: public_url(config),
        pepper: derive("passwords", &key),
        vault: Vault::new(&derive("vault", &key)),
        net: Net::new(config.dns, config.internal_networks.clone(), Arc::new(tls::client()?))?
            .with_webhooks_in(config.webhook_networks.clone()),
        ambient: Arc::new(system),
    };
    App::new(database, parts)
}

/// The address with which links begin.
pub fn public_url(config: &Config) -> String {
    config.public_url.clone().unwrap_or_else(|| format!("http://{}", config.listen))
}

/// `None` without a mail server. Links are then shown instead of mailed.
pub fn mailer(config: &Config) -> Result<Option<Mailer>> {
    let Some(url) = &config.smtp_url else { return Ok(None) };
    let host = crate::app::host(&public_url(config));
    let from = config.mail_from.clone().unwrap_or_else(|| format!("Gatepost <gatepost@{host}>"));
    Mailer::new(url, &from).map(Some)
}

/// The data folder and the database file; only their owner can read them.
fn create(folder: &Path) -> Result<()> {
    create_folder(folder)?;
    let path = folder.join(DATABASE);
    let is_there = path.exists();
    let file = fs::OpenOptions::new().append(true).create(true).mode(0o600).open(&path);
    file.map(drop).map_err(|error| match is_there {
        true => failed("the database is there, but this user cannot write it:", &path, &error),
        false => failed("cannot create the database", &path, &error),
    })
}

/// Creates the data folder so that only its owner can read it. An existing folder is not changed.
pub fn create_folder(folder: &Path) -> Result<()> {
    let created = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    created.map_err(|error| match folder.exists() {
        true => Error::invalid(format!("the data folder {} is not a folder", folder.display())),
        false => failed("cannot create the data folder", folder, &error),
    })
}

pub fn failed(what: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::invalid(format!("{what} {}: {error}", path.display()))
}
