//! The secret key, which protects secrets at rest. A key is created only for a database that never had one. A
//! new key for an existing database would hide that the right key is missing.

use super::open::{DATABASE, Place, failed};
use crate::app::{Ambient, System};
use crate::config::Config;
use crate::db::file;
use crate::error::{Error, Result};
use rustix::fs::{FlockOperation, flock};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// A shorter key could be guessed.
const SHORTEST: usize = 32;
const FILE: &str = "secret.key";

/// The key from the settings or the folder. For a new SQLite database, a key is created.
pub fn key(config: &Config, place: &Place) -> Result<String> {
    let key = match (&config.secret_key, place) {
        (Some(key), _) => key.clone(),
        (None, Place::Sqlite(folder)) => match kept(config, folder)? {
            Some(key) => key,
            None => first(config, folder)?,
        },
        (None, Place::Postgres(_)) => {
            return Err(Error::invalid(
                "with PostgreSQL the secret key must be set: GATEPOST_SECRET_KEY, the same for every server on \
                 the database (make one with `openssl rand -hex 32`)",
            ));
        }
    };
    match key.len() >= SHORTEST {
        true => Ok(key),
        false => Err(Error::invalid(format!("the secret key must have at least {SHORTEST} characters"))),
    }
}

/// The key from the settings or the folder, without creating one. An empty file counts as missing, because a
/// crash in a first start can leave one.
pub fn kept(config: &Config, folder: &Path) -> Result<Option<String>> {
    if config.secret_key.is_some() {
        return Ok(config.secret_key.clone());
    }
    match fs::read_to_string(folder.join(FILE)) {
        Ok(key) => Ok(Some(key.trim().to_owned()).filter(|key| !key.is_empty())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("cannot read", &folder.join(FILE), &error)),
    }
}

/// An error that names the missing key and its place.
pub fn missing(folder: &Path) -> Error {
    Error::invalid(format!(
        "the secret key is missing: this database was made with one. Restore {} or set GATEPOST_SECRET_KEY",
        folder.join(FILE).display()
    ))
}

/// Makes the key of a new database. The complete key is on the disk under its final name before anything is
/// sealed with it. So after a crash at any point, the server can start with this folder again.
fn first(config: &Config, folder: &Path) -> Result<String> {
    let wrong = |error: std::io::Error| failed("cannot write in", folder, &error);
    // One process at a time.
    let locked = fs::File::open(folder).map_err(wrong)?;
    flock(&locked, FlockOperation::LockExclusive).map_err(|error| wrong(error.into()))?;
    if let Some(key) = kept(config, folder)? {
        return Ok(key);
    }
    if file::has_key(&folder.join(DATABASE))? {
        return Err(missing(folder));
    }
    let key = hex(&System::default().random()?);
    let partial = folder.join("secret.key.partial");
    let _left_behind = fs::remove_file(&partial);
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial);
    file.and_then(|mut file| file.write_all(key.as_bytes()).and_then(|()| file.sync_all())).map_err(wrong)?;
    file::put(&partial, &folder.join(FILE))?;
    Ok(key)
}

/// The fingerprint of the key that the database stores.
pub fn fingerprint(key: &str) -> String {
    hex(&derive("fingerprint", key))
}

/// Derives a separate key for each use, so that one does not reveal another. The secret has the randomness of
/// a key, so one hash is enough.
pub fn derive(usage: &str, key: &str) -> Vec<u8> {
    Sha256::digest(format!("gatepost {usage} {key}")).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
