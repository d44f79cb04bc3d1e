//! From the configuration to a running [`App`]: where the data lies, and the key that protects secrets at rest.

use crate::app::{App, Parts, System};
use crate::auth::Vault;
use crate::config::{Config, DATA};
use crate::db::{self, Time};
use crate::error::{Error, Result};
use crate::jobs;
use crate::mail::Mailer;
use crate::net::Net;
use crate::tls;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Fewer characters could be guessed.
const SHORTEST: usize = 32;
/// Milliseconds that a clock may be corrected by without a word.
const TOLERATED: i64 = 60_000;
const KEY_FILE: &str = "secret.key";
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

    /// As `db` takes it.
    pub fn url(&self) -> String {
        match self {
            Place::Sqlite(folder) => format!("sqlite:{}", folder.join(DATABASE).display()),
            Place::Postgres(url) => url.clone(),
        }
    }

    /// Whether there is a database already, as far as can be told from outside.
    pub fn exists(&self) -> bool {
        match self {
            Place::Sqlite(folder) => folder.join(DATABASE).is_file(),
            Place::Postgres(_) => true,
        }
    }
}

/// For the commands that need a database that is there.
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

/// Creates what is missing.
pub async fn any(config: &Config) -> Result<App> {
    let place = Place::of(config)?;
    if let Place::Sqlite(folder) = &place {
        create(folder)?;
    }
    let key = secret_key(config, &place)?;
    let database = db::open(&place.url(), &fingerprint(&key)).await?;
    let system = System::default();
    let behind = system.clock.not_before(jobs::mark(&database.0).await?.unwrap_or(Time(0)));
    if behind > TOLERATED {
        tracing::warn!(
            "the clock is {} s behind what this database has seen; time goes on from there. If it was ahead by \
             mistake before, see `gatepost doctor`",
            behind / 1000
        );
    }
    let public_url = config.public_url.clone().unwrap_or_else(|| format!("http://{}", config.listen));
    let parts = Parts {
        rate_limit: config.rate_limit,
        storage: config.storage(),
        trusted_proxies: config.trusted_proxies.clone(),
        mailer: mailer(config, &public_url)?,
        public_url,
        pepper: derive("passwords", &key),
        vault: Vault::new(&derive("vault", &key)),
        net: Net::new(config.dns, config.internal_networks.clone(), Arc::new(tls::client()?))?,
        ambient: Arc::new(system),
    };
    App::new(database, parts)
}

/// None without a mail server: links are shown then.
pub fn mailer(config: &Config, public_url: &str) -> Result<Option<Mailer>> {
    let Some(url) = &config.smtp_url else { return Ok(None) };
    let host = crate::app::host(public_url);
    let from = config.mail_from.clone().unwrap_or_else(|| format!("Gatepost <gatepost@{host}>"));
    Mailer::new(url, &from).map(Some)
}

fn secret_key(config: &Config, place: &Place) -> Result<String> {
    let key = match (&config.secret_key, place) {
        (Some(key), _) => key.clone(),
        (None, Place::Sqlite(folder)) => key_file(folder)?,
        (None, Place::Postgres(_)) => {
            return Err(Error::invalid(
                "with PostgreSQL the secret key must be set: GATEPOST_SECRET_KEY, the same for every server on \
                 the database (make one with `openssl rand -hex 32`)",
            ));
        }
    };
    match key.len() >= SHORTEST {
        true => Ok(key),
        false => Err(Error::invalid(format!("the secret key must have {SHORTEST} characters or more"))),
    }
}

/// The data folder and the database file, for their owner's eyes alone.
fn create(folder: &Path) -> Result<()> {
    create_folder(folder)?;
    let file = fs::OpenOptions::new().append(true).create(true).mode(0o600).open(folder.join(DATABASE));
    file.map(drop).map_err(|error| failed("cannot create the database in", folder, &error))
}

/// The data folder, for its owner's eyes alone; one that is there stays as it is.
pub fn create_folder(folder: &Path) -> Result<()> {
    let created = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    created.map_err(|error| failed("cannot create the folder", folder, &error))
}

fn failed(what: &str, folder: &Path, error: &std::io::Error) -> Error {
    Error::invalid(format!("{what} {}: {error}", folder.display()))
}

/// Read, or made on first use.
fn key_file(folder: &Path) -> Result<String> {
    let path = folder.join(KEY_FILE);
    let fresh = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    match fresh {
        Ok(mut file) => {
            let key = hex(&crate::app::Ambient::random(&System::default())?);
            file.write_all(key.as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(|error| failed("cannot write in", folder, &error))?;
            Ok(key)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let key = fs::read_to_string(&path).map_err(|error| failed("cannot read in", folder, &error))?;
            Ok(key.trim().to_owned())
        }
        Err(error) => Err(failed("cannot write in", folder, &error)),
    }
}

/// The key that is set or kept in the folder; none is made.
pub fn kept_key(config: &Config, folder: &Path) -> Result<Option<String>> {
    if config.secret_key.is_some() {
        return Ok(config.secret_key.clone());
    }
    match fs::read_to_string(folder.join(KEY_FILE)) {
        Ok(key) => Ok(Some(key.trim().to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("cannot read in", folder, &error)),
    }
}

/// What a database remembers of its key.
pub fn fingerprint(key: &str) -> String {
    hex(&derive("fingerprint", key))
}

/// A key of its own for each use, so that none gives another away. The secret has the randomness of a key, so
/// one hash will do.
fn derive(usage: &str, key: &str) -> Vec<u8> {
    Sha256::digest(format!("gatepost {usage} {key}")).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
