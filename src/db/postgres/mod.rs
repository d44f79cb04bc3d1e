//! PostgreSQL: read-only pools, and serializable transactions that run again when the engine says so. Workspaces take
//! turns at each pool.

mod contact;
mod pulse;
mod turns;

use super::lanes::{Lane, Limits};
use super::{Conn, Load, READING, Record, Row, Sql, Tx, WRITING, record::Cells};
use crate::error::{Error, Result};
use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType,
};
use futures_util::TryStreamExt;
use pulse::Pulse;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::pin::{Pin, pin};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::time::timeout;
use tokio_postgres::{Config, error::SqlState};
use tokio_postgres_rustls::MakeRustlsConnect;
use turns::{Turn, Turns};

/// How long a transaction is retried before the caller is told to try again later.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a caller waits for a connection.
const WAIT: Duration = Duration::from_millis(1500);
/// A workspace can read on few connections, because each search keeps a processor of the database server
/// busy.
const WORKSPACES: Limits = Limits { places: 8, share: 2, waiting: 128 };
/// Look-ups of credentials and the server's own reads are short, and never wait behind a search.
const OWN: Limits = Limits { places: 4, share: 2, waiting: 128 };
/// A COMMIT mostly waits for the disk, so a workspace can have many at a time.
const WRITES: Limits = Limits { places: 12, share: 8, waiting: 256 };
/// How long the peer's system can take to acknowledge data.
const SILENCE: Duration = Duration::from_secs(10);

/// A pool of connections, and whether PostgreSQL answers.
#[derive(Clone)]
pub(super) struct Connections {
    pool: Pool,
    turns: Turns,
    pulse: Pulse,
    pub(super) load: Load,
}

/// Opens the pools, and returns a function that explains this server's errors to the operator. Makes the
/// first connection, so that the operator sees its error.
pub(super) async fn open(url: &str) -> Result<(Readers, Connections, impl Fn(Error) -> Error + use<>)> {
    let mut config = contact::parse(url)?;
    config.connect_timeout(WAIT).tcp_user_timeout(SILENCE).keepalives_idle(SILENCE);
    // The URL decides whether TLS is used: `sslmode=disable|prefer|require`.
    let tls = MakeRustlsConnect::new(crate::tls::client()?);
    let client = contact::connect(&config, &tls).await?;
    let pulse = Pulse::feel(config.clone(), tls.clone(), client);
    // No JIT: compiling the plan of a predicate takes far longer than running it. No parallel workers: one
    // workspace's search must not use several processors.
    let alone = "-c jit=off -c max_parallel_workers_per_gather=0";
    let options = format!("{} {alone}", config.get_options().unwrap_or_default());
    let reading = format!("{options} -c default_transaction_read_only=on");
    let limited =
        |options: &str, limit: Duration| format!("{options} -c statement_timeout={}", limit.as_millis());
    let load = Load::default();
    let door = |options: &str, limits: Limits, load: Load| {
        Connections::open(config.clone(), options, &tls, (limits, pulse.clone(), load))
    };
    let readers = Readers {
        workspaces: door(&limited(&reading, READING), WORKSPACES, load.clone())?,
        own: door(&reading, OWN, load)?,
    };
    let writer = door(&limited(&options, WRITING), WRITES, Load::default())?;
    Ok((readers, writer, move |error| contact::explain(&config, error)))
}

/// Two pools, as with SQLite.
#[derive(Clone)]
pub(super) struct Readers {
    workspaces: Connections,
    own: Connections,
}

impl Readers {
    pub(super) fn waiting(&self) -> usize {
        self.workspaces.waiting() + self.own.waiting()
    }

    /// For both pools.
    pub(super) fn load(&self) -> &Load {
        &self.own.load
    }

    pub(super) async fn prepare(&self, text: &str) -> Result<()> {
        let held = self.own.get(Lane::Server).await?;
        Ok(held.client()?.prepare(text).await.map(drop)?)
    }

    pub(super) async fn rows<T: Record>(&self, lane: Lane, sql: &Sql) -> Result<Vec<T>> {
        let door = if lane.is_of_a_workspace() { &self.workspaces } else { &self.own };
        door.rows(lane, sql).await
    }
}

impl Connections {
    fn open(
        mut config: Config,
        options: &str,
        tls: &MakeRustlsConnect,
        (limits, pulse, load): (Limits, Pulse, Load),
    ) -> Result<Self> {
        config.options(options);
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let pool = Pool::builder(Manager::from_config(config, tls.clone(), recycling))
            .max_size(limits.places)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(WAIT));
        let pool = pool.build().map_err(Error::internal)?;
        Ok(Connections { pool, turns: Turns::new(limits), pulse, load })
    }

    pub(super) fn waiting(&self) -> usize {
        self.turns.waiting()
    }

    async fn get(&self, lane: Lane) -> Result<Held> {
        let began = Instant::now();
        let turn = self.turns.take(lane, WAIT).await?;
        let object = self.pool.get().await?;
        self.load.waited(began);
        Ok(Held(Some((object, turn))))
    }

    async fn rows<T: Record>(&self, lane: Lane, sql: &Sql) -> Result<Vec<T>> {
        let held = self.pulse.during(self.get(lane)).await?;
        let outcome = self.pulse.during(rows(held.client()?, sql)).await;
        held.end(matches!(outcome, Err(Error::Unavailable(_))));
        outcome
    }

    pub(super) async fn write<T, F>(&self, lane: Lane, body: F) -> Result<T>
    where
        F: AsyncFn(&mut Tx) -> Result<T>,
    {
        let began = Instant::now();
        let mut attempt = 0;
        loop {
            match self.pulse.during(self.once(lane, &body)).await {
                Err(Error::Busy) if began.elapsed() < PATIENCE => {
                    tokio::time::sleep(pause(attempt)).await;
                    attempt += 1;
                }
                // Another transaction did the same at the same time. On the second run the body finds the
                // other's row and can report it.
                Err(Error::Taken) if attempt < 3 => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    async fn once<T>(&self, lane: Lane, body: &impl AsyncFn(&mut Tx) -> Result<T>) -> Result<T> {
        let held = self.get(lane).await?;
        held.client()?.batch_execute("begin isolation level serializable").await?;
        let mut tx = Tx(Conn::Postgres(held));
        let outcome = body(&mut tx).await;
        let Conn::Postgres(held) = tx.0 else { return Err(Error::internal("not a PostgreSQL transaction")) };
        let ended = held.client()?.batch_execute(if outcome.is_ok() { "commit" } else { "rollback" }).await;
        // A refused COMMIT also ends the transaction.
        held.end(ended.as_ref().is_err_and(|error| error.as_db_error().is_none()));
        ended?;
        outcome
    }
}

/// A connection in use, and its place in the pool.
pub(super) struct Held(Option<(Object, Turn)>);

impl Held {
    pub(super) fn client(&self) -> Result<&Object> {
        let held = self.0.as_ref().ok_or_else(|| Error::internal("the transaction is over"))?;
        Ok(&held.0)
    }

    /// Returns the connection to the pool, or closes it if a statement has no answer yet.
    fn end(mut self, broken: bool) {
        if let Some((object, _turn)) = self.0.take()
            && broken
        {
            drop(Object::take(object));
        }
    }
}

/// The caller disconnected, and the engine can still be working. The connection and the place are returned
/// after the rollback, which waits for the statement. Otherwise a caller that sends calls and disconnects
/// could occupy any number of places. The engine stops every statement in time: those that read after
/// [`READING`], those that write after [`WRITING`].
impl Drop for Held {
    fn drop(&mut self) {
        let Some((object, turn)) = self.0.take() else { return };
        let Ok(runtime) = Handle::try_current() else { return drop(Object::take(object)) };
        runtime.spawn(async move {
            match timeout(WRITING, object.batch_execute("rollback")).await {
                Ok(Ok(())) => drop(object),
                Ok(Err(_)) | Err(_) => drop(Object::take(object)),
            }
            drop(turn);
        });
    }
}

/// Grows with each retry, and is random, so that the same transactions do not collide again.
fn pause(attempt: u32) -> Duration {
    let chance = RandomState::new().build_hasher().finish();
    Duration::from_micros(chance % (1000 << attempt.min(7)))
}

/// One future type for every statement, so that this code is not compiled into each handler.
type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

pub(super) async fn rows<T: Record>(client: &Object, sql: &Sql) -> Result<Vec<T>> {
    if sql.most < usize::MAX {
        return some(client, sql).await;
    }
    let rows = fetch(client, sql).await?;
    rows.iter().map(|row| Row::record(Cells::Postgres(row))).collect()
}

/// Reads row by row. Rows after the size limit are dropped as they arrive.
async fn some<T: Record>(client: &Object, sql: &Sql) -> Result<Vec<T>> {
    let statement = client.prepare_cached(&sql.text()).await?;
    let mut rows = pin!(client.query_raw(&statement, binds(sql)).await?);
    let (mut out, mut weight) = (Vec::new(), 0);
    while let Some(row) = rows.try_next().await? {
        let record: T = Row::record(Cells::Postgres(&row))?;
        weight += record.weight();
        out.push(record);
        if weight > sql.most {
            break;
        }
    }
    Ok(out)
}

fn fetch<'a>(client: &'a Object, sql: &'a Sql) -> Pending<'a, Vec<tokio_postgres::Row>> {
    Box::pin(async move {
        let statement = client.prepare_cached(&sql.text()).await?;
        Ok(client.query(&statement, &binds(sql)).await?)
    })
}

pub(super) fn run<'a>(client: &'a Object, sql: &'a Sql) -> Pending<'a, u64> {
    Box::pin(async move {
        let statement = client.prepare_cached(&sql.text()).await?;
        Ok(client.execute(&statement, &binds(sql)).await?)
    })
}

fn binds(sql: &Sql) -> Vec<&(dyn tokio_postgres::types::ToSql + Sync)> {
    sql.binds.iter().map(|value| value as _).collect()
}

/// Errors of a server that stops, starts, has no free connection, or is read-only.
const AWAY: [SqlState; 6] = [
    SqlState::ADMIN_SHUTDOWN,
    SqlState::CRASH_SHUTDOWN,
    SqlState::CANNOT_CONNECT_NOW,
    SqlState::TOO_MANY_CONNECTIONS,
    SqlState::DISK_FULL,
    SqlState::READ_ONLY_SQL_TRANSACTION,
];

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        let broken = || std::error::Error::source(&error).is_some_and(|cause| cause.is::<std::io::Error>());
        match error.code() {
            Some(&SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED) => Error::Busy,
            Some(&SqlState::UNIQUE_VIOLATION) => Error::Taken,
            Some(&SqlState::QUERY_CANCELED) => Error::TookTooLong,
            Some(code) if AWAY.contains(code) => Error::unavailable(error),
            None if error.is_closed() || broken() => Error::unavailable(error),
            _ => Error::internal(error),
        }
    }
}

impl From<PoolError> for Error {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Timeout(TimeoutType::Wait) => Error::Busy,
            PoolError::Timeout(_) => Error::unavailable(error),
            PoolError::Backend(error) => error.into(),
            PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                Error::internal(error)
            }
        }
    }
}
