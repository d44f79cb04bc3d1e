//! SQLite: a few reader threads (`readers`), one writer thread (`writer`), and what both do with a statement.

mod queue;
mod readers;
mod writer;
pub(super) use readers::Readers;
pub(super) use writer::Queue;

use super::{Record, Row, Sql, record::Cells};
use crate::error::{Error, Result};
use rusqlite::params_from_iter;
use rusqlite::{
    CachedStatement, Connection, ErrorCode, OpenFlags, config::DbConfig, ffi, functions::FunctionFlags,
};

/// `cache` is in KiB.
fn connect(path: &str, access: OpenFlags, cache: usize) -> Result<Connection> {
    let conn = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // There is no memory map. It would be rebuilt whenever the file grows, and a broken disk would end the
    // process instead of failing the read. The system's cache is larger anyway and has the same pages.
    conn.execute_batch(&format!(
        "pragma busy_timeout = 5000; pragma cache_size = -{cache}; pragma mmap_size = 0;"
    ))?;
    conn.set_prepared_statement_cache_capacity(256);
    // Otherwise a plan depends on bound values such as `limit $2`, and every new value makes SQLite prepare
    // it again.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    let pure = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    conn.create_scalar_function("uuid_text", 1, pure, |call| {
        Ok(call.get::<Option<uuid::Uuid>>(0)?.map(|id| id.to_string()))
    })?;
    Ok(conn)
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
    std::thread::Builder::new().name(name.to_owned()).spawn(work).map(drop).map_err(Error::internal)
}

/// In SQLite `?3` is always the third bind; `$3` would be numbered by its first appearance.
pub(super) fn prepare<'c>(conn: &'c Connection, sql: &Sql) -> Result<CachedStatement<'c>> {
    Ok(conn.prepare_cached(&sql.text().replace('$', "?"))?)
}

pub(super) fn rows<T: Record>(conn: &Connection, sql: &Sql) -> Result<Vec<T>> {
    let mut statement = prepare(conn, sql)?;
    let mut rows = statement.query(params_from_iter(&sql.binds))?;
    let (mut out, mut weight) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let record: T = Row::record(Cells::Sqlite(row))?;
        weight += record.weight();
        out.push(record);
        if weight > sql.most {
            break;
        }
    }
    Ok(out)
}

pub(super) fn run(conn: &Connection, sql: &Sql) -> Result<u64> {
    Ok(prepare(conn, sql)?.execute(params_from_iter(&sql.binds))? as u64)
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error().map(|e| (e.code, e.extended_code)) {
            Some((_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY)) => Error::Taken,
            Some((ErrorCode::DatabaseBusy, _)) => Error::Busy,
            Some((ErrorCode::OperationInterrupted, _)) => Error::TookTooLong,
            Some((
                ErrorCode::DiskFull
                | ErrorCode::SystemIoFailure
                | ErrorCode::CannotOpen
                | ErrorCode::ReadOnly
                | ErrorCode::OutOfMemory,
                _,
            )) => Error::unavailable(error),
            _ => Error::internal(error),
        }
    }
}
