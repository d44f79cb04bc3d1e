//! Records of a running server: a lock on its SQLite folder, and the address at which people reach it.

use super::open::{Place, create_folder, failed, public_url};
use crate::app::App;
use crate::config::Config;
use crate::db::{Reader, sql};
use crate::error::{Error, Result};
use crate::jobs;
use rustix::fs::{FlockOperation, flock};
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;

const LOCK: &str = "serving.lock";
const ADDRESS: &str = "public url";

/// The lock is held while the server runs. The system releases it however the process ends.
pub struct Alone {
    _lock: Option<File>,
}

/// Refuses a second server on a SQLite folder: two servers would count rates and connections separately, and
/// wait for each other's writes. Other commands do not take the lock, so they can run at the same time.
pub fn alone(place: &Place) -> Result<Alone> {
    let folder = match place {
        Place::Sqlite(folder) => folder,
        Place::Postgres(_) => return Ok(Alone { _lock: None }),
    };
    create_folder(folder)?;
    let path = folder.join(LOCK);
    let wrong = |error: std::io::Error| failed("cannot write", &path, &error);
    let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path);
    let mut file = open.map_err(wrong)?;
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        let mut other = String::new();
        let _unknown = file.read_to_string(&mut other);
        return Err(Error::invalid(format!(
            "another server (process {}) already serves {}. With SQLite only one server can run on a data folder: \
             stop that one first, or use PostgreSQL",
            other.trim(),
            folder.display()
        )));
    }
    // The lock works even on a full disk.
    let _unwritten = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
    Ok(Alone { _lock: Some(file) })
}

/// Stores the address with which links begin, for commands without that setting. A failure, such as a full
/// disk, does not stop the server.
pub async fn note(app: &App) -> Result<()> {
    if noted(&app.reader).await?.as_deref() != Some(&*app.public_url)
        && let Err(error) = jobs::remember(app, ADDRESS, &app.public_url).await
    {
        tracing::warn!(%error, "the address of this server could not be stored for other commands");
    }
    Ok(())
}

async fn noted(reader: &Reader) -> Result<Option<String>> {
    sql("select value from server where name = 'public url'").optional(reader).await
}

/// The address with which links begin: from the settings, or from the last server on this database. False if
/// neither is known.
pub async fn base(app: &App, config: &Config) -> Result<(String, bool)> {
    let noted = noted(&app.reader).await?;
    let known = config.public_url.is_some() || noted.is_some();
    let url = config.public_url.clone().or(noted).unwrap_or_else(|| public_url(config));
    Ok((url, known))
}
