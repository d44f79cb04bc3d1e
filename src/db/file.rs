//! SQLite databases as files: copies them while they are in use, inspects them, and locks them.

use crate::error::{Error, Result};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The pages between two progress reports.
const STEP: i32 = 4096;

/// Whether a secret key was ever used with the database. If the file is empty, or its creation was
/// interrupted before that, nothing in it is sealed.
pub fn has_key(path: &Path) -> Result<bool> {
    if !path.exists() {
        return Ok(false);
    }
    let look = || -> rusqlite::Result<bool> {
        let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        conn.execute_batch("pragma busy_timeout = 5000;")?;
        let count = |text: &str| conn.query_row(text, [], |row| row.get::<_, i64>(0));
        Ok(count("select count(*) from sqlite_schema where name = 'server'")? > 0
            && count("select count(*) from server where name = 'secret key'")? > 0)
    };
    look().map_err(|error| explain(&path.display().to_string(), error.into()))
}

/// Adds the file name and the cause to an error. Errors that are already clear are not changed.
pub(super) fn explain(path: &str, error: Error) -> Error {
    let (Error::Internal(cause) | Error::Unavailable(cause)) = &error else { return error };
    let code = cause.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code);
    Error::invalid(match code {
        Some(ErrorCode::NotADatabase) => format!("{path} is not a SQLite database"),
        Some(ErrorCode::DatabaseCorrupt) => format!("{path} is damaged: {cause}. Restore a backup"),
        Some(ErrorCode::ReadOnly) => format!("{path} is there, but cannot be written: {cause}"),
        Some(_) | None => format!("{path} cannot be opened: {cause}"),
    })
}

/// Makes a consistent copy of a database that can be in use. `to` must not exist. `report` gets the progress
/// in percent. The copy is one file that only its owner can read. When this returns, it was checked and is on
/// the disk.
pub fn copy(from: &Path, to: &Path, report: &mut dyn FnMut(i32)) -> Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(to);
    let file = file.map_err(|error| Error::invalid(format!("cannot create {}: {error}", to.display())))?;
    let copied = pages(from, to, report).and_then(|()| file.sync_all().map_err(Error::unavailable));
    if copied.is_err() {
        let _gone = std::fs::remove_file(to);
    }
    copied
}

fn pages(from: &Path, to: &Path, report: &mut dyn FnMut(i32)) -> Result<()> {
    let source = Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // The copy is one snapshot, so that writes during the copy do not restart it.
    source.execute_batch("pragma busy_timeout = 5000; begin; select count(*) from sqlite_schema;")?;
    let mut target = Connection::open_with_flags(to, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let backup = Backup::new(&source, &mut target)?;
    loop {
        let step = backup.step(STEP)?;
        let progress = backup.progress();
        report(100 - progress.remaining / (progress.pagecount / 100).max(1));
        if step == StepResult::Done {
            break;
        }
        if step != StepResult::More {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    drop(backup);
    target.execute_batch("pragma journal_mode = delete;")?;
    is_whole(&target)
}

/// Checks every page. This takes a while for a large database.
pub fn check(path: &Path) -> Result<()> {
    let open = || is_whole(&Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?);
    open().map_err(|error| explain(&path.display().to_string(), error))
}

fn is_whole(conn: &Connection) -> Result<()> {
    let found: String = conn.query_row("pragma quick_check(1)", [], |row| row.get(0))?;
    match found == "ok" {
        true => Ok(()),
        false => Err(Error::invalid(format!("the database is damaged: {found}"))),
    }
}

/// A database that no other process can open while this value exists.
pub struct Held {
    _conn: Option<Connection>,
}

/// Fails while another process has the database open. A damaged database cannot be locked, so it is held
/// without a lock.
pub fn hold(path: &Path) -> Result<Held> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Without the WAL, all data is in one file.
    let alone =
        conn.execute_batch("pragma locking_mode = exclusive; pragma journal_mode = delete; begin exclusive;");
    match alone.map_err(|error| (error.sqlite_error_code(), error)) {
        Ok(()) => Ok(Held { _conn: Some(conn) }),
        Err((Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt), _)) => Ok(Held { _conn: None }),
        Err((Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked), _)) => {
            Err(Error::invalid(format!("{} is in use; stop the server first", path.display())))
        }
        Err((_, error)) => Err(error.into()),
    }
}

/// Replaces a database by `fresh`. An existing database is kept as `aside`, with the files that SQLite left
/// next to it, so that they are never used with the new one. At every moment there is a database under the
/// name.
pub fn replace(database: &Path, fresh: &Path, aside: &Path) -> Result<()> {
    let failed = |error| Error::invalid(format!("cannot write {}: {error}", aside.display()));
    if database.exists() {
        std::fs::hard_link(database, aside).map_err(failed)?;
    }
    for beside in ["-wal", "-shm", "-journal"].map(|beside| (with(database, beside), with(aside, beside))) {
        if beside.0.exists() {
            put(&beside.0, &beside.1)?;
        }
    }
    put(fresh, database)
}

fn with(path: &Path, more: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(more);
    name.into()
}

/// Renames a file, and syncs the folder so that the name is durable.
pub fn put(from: &Path, to: &Path) -> Result<()> {
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let put = std::fs::rename(from, to).and_then(|()| File::open(folder)?.sync_all());
    put.map_err(|error| Error::invalid(format!("cannot write {}: {error}", to.display())))
}
