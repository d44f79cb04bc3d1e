//! The only module that knows there are two databases: a [`Reader`] that cannot write, a [`Writer`] that is
//! the only way to a transaction, and statements (`sql`) that both engines take as written.
//!
//! # The body of a transaction
//!
//! `writer.write(async move |tx| { ... })` takes `AsyncFn(&mut Tx) -> Result<T> + Send + Sync + 'static`.
//!
//! - `AsyncFn`, not `AsyncFnOnce`: PostgreSQL can refuse a serializable transaction (40001), and then the
//!   body runs again. Values are moved into the closure once and lent to each run, so a run cannot consume
//!   them.
//! - The bounds are on the *closure*. Stable Rust cannot say that its *future* is `Send`, and does not need
//!   to. On SQLite the future is created, polled and dropped on the writer thread. On PostgreSQL it is a part
//!   of the caller's future, and code that needs that to be `Send` (axum, `spawn`) checks it for the concrete
//!   closure. So a generic function over a body cannot require `Send` itself, by `spawn` or by a box such as
//!   `Box<dyn ... + Send>`.
//! - `'static`: the body goes to another thread. This also makes the previous point work: a body that borrows
//!   from its handler (`async |tx|` without `move`) fails there with "implementation of `Send` is not general
//!   enough". So `Can::write` takes the proof by value and lends it back to the body as an argument.
//! - Boxed futures (`for<'a> Fn(&'a mut Tx) -> Pin<Box<dyn Future + Send + 'a>>`) can be spawned in generic
//!   code, but their future cannot borrow from the closure: every body would clone its values before
//!   `async move`.
//! - On SQLite a body that awaits anything but its `Tx` is an error, not a stalled writer. Tests run on both
//!   engines, so they find every network call inside a transaction.
//! - The PostgreSQL branch is boxed here, where the engines part. A future is as large as the largest future
//!   that it awaits. Without the box, requests on SQLite would carry 20 KB for PostgreSQL.

pub mod file;
mod json;
mod lanes;
mod load;
mod migrate;
mod postgres;
mod record;
mod sql;
mod sqlite;
mod stored;
mod time;
mod value;

pub use json::{Json, Kept, Raw};
pub use lanes::Lane;
pub use load::Load;
pub(crate) use record::record;
pub use record::{Field, Record, Row};
pub use sql::{Part, Sql, ids, sql};
pub(crate) use stored::stored;
pub use stored::{Stored, Table};
pub use value::Value;

use crate::error::Result;
use std::time::Duration;

/// The time limit for a workspace's reads, and for statements on PostgreSQL's connections for writing. The
/// server's own reads have no limit.
const READING: Duration = Duration::from_secs(5);
const WRITING: Duration = Duration::from_secs(30);

/// Can only read: its connections are also read-only in the engine.
#[derive(Clone)]
pub struct Reader(ReadPool);

/// The only way to a transaction. The code that opens the database decides which module gets it.
#[derive(Clone)]
pub struct Writer(Door);

/// An open transaction. It owns its connection; only the engines' modules make one.
pub struct Tx(Conn);

/// A reader in the caller's lane.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    reader: &'a Reader,
    lane: Lane,
}

/// The source of a read: the pool, or the open transaction.
pub enum Source<'a> {
    Read(Reading<'a>),
    Write(&'a mut Tx),
}

impl Source<'_> {
    /// For one statement of several.
    pub fn again(&mut self) -> Source<'_> {
        match self {
            Source::Read(reading) => Source::Read(*reading),
            Source::Write(tx) => Source::Write(tx),
        }
    }
}

#[derive(Clone)]
enum ReadPool {
    Sqlite(sqlite::Readers),
    Postgres(postgres::Readers),
}

#[derive(Clone)]
enum Door {
    Sqlite(sqlite::Queue),
    Postgres(postgres::Connections),
}

enum Conn {
    Sqlite(rusqlite::Connection),
    Postgres(postgres::Held),
}

/// Opens `postgres://...` or `sqlite:<path>`, and migrates the schema. `key` is the fingerprint of the
/// server's secret key: a database works only with the key that it was created with. An error names the
/// database and the cause.
pub async fn open(url: &str, key: &str) -> Result<(Reader, Writer)> {
    match url.strip_prefix("sqlite:") {
        Some(path) => sqlite(path, key).await.map_err(|error| file::explain(path, error)),
        None => {
            let (read, write, explain) = postgres::open(url).await?;
            let writer = Writer(Door::Postgres(write));
            prepare(&writer, key).await.map_err(explain)?;
            Ok((Reader(ReadPool::Postgres(read)), writer))
        }
    }
}

async fn sqlite(path: &str, key: &str) -> Result<(Reader, Writer)> {
    let writer = Writer(Door::Sqlite(sqlite::Queue::open(path)?));
    prepare(&writer, key).await?;
    Ok((Reader(ReadPool::Sqlite(sqlite::Readers::open(path)?)), writer))
}

/// Opens a database with any schema, for the operator, and does not migrate it.
pub async fn look(url: &str) -> Result<Reader> {
    Ok(Reader(match url.strip_prefix("sqlite:") {
        Some(path) => {
            ReadPool::Sqlite(sqlite::Readers::open(path).map_err(|error| file::explain(path, error))?)
        }
        None => ReadPool::Postgres(postgres::open(url).await?.0),
    }))
}

/// The schema version of this program.
pub fn newest() -> i64 {
    migrate::newest()
}

/// The version of the SQLite library in this program.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

async fn prepare(writer: &Writer, key: &str) -> Result<()> {
    migrate::run(writer).await?;
    migrate::keep_to_key(writer, key).await
}

impl Writer {
    /// Runs `body` in a serializable transaction and answers once it is durable.
    pub async fn write<T, F>(&self, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFn(&mut Tx) -> Result<T> + Send + Sync + 'static,
    {
        self.write_for(Lane::Server, body).await
    }

    /// The same, in a lane.
    pub async fn write_for<T, F>(&self, lane: Lane, body: F) -> Result<T>
    where
        T: Send + 'static,
        F: AsyncFn(&mut Tx) -> Result<T> + Send + Sync + 'static,
    {
        match &self.0 {
            Door::Sqlite(queue) => queue.write(lane, body).await,
            Door::Postgres(connections) => Box::pin(connections.write(lane, body)).await,
        }
    }

    /// The number of COMMITs by SQLite's writer. Tests use it to recognize groups.
    pub fn commits(&self) -> Option<u64> {
        match &self.0 {
            Door::Sqlite(queue) => Some(queue.commits()),
            Door::Postgres(_) => None,
        }
    }

    /// How many wait for their turn now.
    pub fn waiting(&self) -> usize {
        match &self.0 {
            Door::Sqlite(queue) => queue.waiting(),
            Door::Postgres(connections) => connections.waiting(),
        }
    }

    pub fn load(&self) -> &Load {
        match &self.0 {
            Door::Sqlite(queue) => &queue.load,
            Door::Postgres(connections) => &connections.load,
        }
    }
}

impl Reading<'_> {
    async fn rows<T: Record>(self, sql: Sql) -> Result<Vec<T>> {
        match &self.reader.0 {
            ReadPool::Sqlite(readers) => readers.run(self.lane, move |conn| sqlite::rows(conn, &sql)).await,
            ReadPool::Postgres(readers) => Box::pin(readers.rows(self.lane, &sql)).await,
        }
    }
}

impl Reader {
    /// Without a lane, reads are the server's own.
    pub fn reading_for(&self, lane: Lane) -> Reading<'_> {
        Reading { reader: self, lane }
    }

    /// How many wait for their turn now.
    pub fn waiting(&self) -> usize {
        match &self.0 {
            ReadPool::Sqlite(readers) => readers.waiting(),
            ReadPool::Postgres(readers) => readers.waiting(),
        }
    }

    pub fn load(&self) -> &Load {
        match &self.0 {
            ReadPool::Sqlite(readers) => &readers.load,
            ReadPool::Postgres(readers) => readers.load(),
        }
    }

    /// Whether this engine accepts the statement.
    pub async fn prepare(&self, sql: Sql) -> Result<()> {
        let sql = sql.placed();
        match &self.0 {
            ReadPool::Sqlite(readers) => {
                readers.run(Lane::Server, move |conn| sqlite::prepare(conn, &sql).map(drop)).await
            }
            ReadPool::Postgres(readers) => readers.prepare(&sql.text()).await,
        }
    }
}

impl Tx {
    async fn rows<T: Record>(&mut self, sql: Sql) -> Result<Vec<T>> {
        match &self.0 {
            Conn::Sqlite(conn) => sqlite::rows(conn, &sql),
            Conn::Postgres(held) => Box::pin(postgres::rows(held.client()?, &sql)).await,
        }
    }

    async fn run(&mut self, sql: Sql) -> Result<u64> {
        match &self.0 {
            Conn::Sqlite(conn) => sqlite::run(conn, &sql),
            Conn::Postgres(held) => Box::pin(postgres::run(held.client()?, &sql)).await,
        }
    }

    async fn batch(&mut self, text: &str) -> Result<()> {
        match &self.0 {
            Conn::Sqlite(conn) => Ok(conn.execute_batch(text)?),
            Conn::Postgres(held) => Ok(held.client()?.batch_execute(text).await?),
        }
    }
}

impl<'a> From<&'a Reader> for Source<'a> {
    fn from(reader: &'a Reader) -> Self {
        Source::Read(reader.reading_for(Lane::Server))
    }
}

impl<'a> From<Reading<'a>> for Source<'a> {
    fn from(reading: Reading<'a>) -> Self {
        Source::Read(reading)
    }
}

impl<'a> From<&'a mut Tx> for Source<'a> {
    fn from(tx: &'a mut Tx) -> Self {
        Source::Write(tx)
    }
}
