//! PostgreSQL: a read-only pool, and serializable transactions that run again when the engine says so.

mod contact;
mod pulse;

use super::{Conn, Load, Record, Row, Sql, Tx, sql::Cells};
use crate::error::{Error, Result};
use deadpool_postgres::{
    Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod, Runtime, TimeoutType,
};
use pulse::Pulse;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::pin::Pin;
use std::time::{Duration, Instant};
use tokio_postgres::{Config, error::SqlState};
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long a transaction is run again before its caller is told to try later.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long anybody waits for a connection, and how many may.
const WAIT: Duration = Duration::from_millis(1500);
const WAITING: usize = 256;
/// How long a peer may leave what was sent to it without an answer of its system.
const SILENCE: Duration = Duration::from_secs(10);

/// The connections behind a door, and whether there is anybody at their other end.
#[derive(Clone)]
pub(super) struct Connections {
    pool: Pool,
    pulse: Pulse,
    pub(super) load: Load,
}

impl Connections {
    /// For reading only, and for writing; and what explains an error of this server to the operator. The first
    /// connection is made here, so that its error is the one that is reported.
    pub(super) async fn open(url: &str) -> Result<(Self, Self, impl Fn(Error) -> Error + use<>)> {
        let mut config = contact::parse(url)?;
        config.connect_timeout(WAIT).tcp_user_timeout(SILENCE).keepalives_idle(SILENCE);
        // Whether TLS is used, the URL says: `sslmode=disable|prefer|require`.
        let tls = MakeRustlsConnect::new(crate::tls::client()?);
        let client = contact::connect(&config, &tls).await?;
        let pulse = Pulse::feel(config.clone(), tls.clone(), client);
        // Compiling the plan of a predicate takes far longer than running it.
        let options = format!("{} -c jit=off", config.get_options().unwrap_or_default());
        let reading = format!("{options} -c default_transaction_read_only=on");
        let read = Self::door(config.clone(), &reading, &tls, &pulse)?;
        let write = Self::door(config.clone(), &options, &tls, &pulse)?;
        Ok((read, write, move |error| contact::explain(&config, error)))
    }

    fn door(mut config: Config, options: &str, tls: &MakeRustlsConnect, pulse: &Pulse) -> Result<Self> {
        config.options(options);
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let pool = Pool::builder(Manager::from_config(config, tls.clone(), recycling))
            .max_size(8)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(WAIT));
        let pool = pool.build().map_err(Error::internal)?;
        Ok(Connections { pool, pulse: pulse.clone(), load: Load::default() })
    }

    pub(super) fn waiting(&self) -> usize {
        self.pool.status().waiting
    }

    async fn get(&self) -> Result<Object> {
        if self.waiting() >= WAITING {
            return Err(Error::Busy);
        }
        let began = Instant::now();
        let object = self.pool.get().await?;
        self.load.waited(began);
        Ok(object)
    }

    pub(super) async fn prepare(&self, text: &str) -> Result<()> {
        Ok(self.get().await?.prepare(text).await.map(drop)?)
    }

    pub(super) async fn rows<T: Record>(&self, sql: &Sql) -> Result<Vec<T>> {
        let client = self.pulse.during(self.get()).await?;
        match self.pulse.during(rows(&client, sql)).await {
            // Nobody else is to wait behind what is left without an answer there.
            Err(error @ Error::Unavailable(_)) => {
                drop(Object::take(client));
                Err(error)
            }
            outcome => outcome,
        }
    }

    pub(super) async fn write<T, F>(&self, body: F) -> Result<T>
    where
        F: AsyncFn(&mut Tx) -> Result<T>,
    {
        let began = Instant::now();
        let mut attempt = 0;
        loop {
            match self.pulse.during(self.once(&body)).await {
                Err(Error::Busy) if began.elapsed() < PATIENCE => {
                    tokio::time::sleep(pause(attempt)).await;
                    attempt += 1;
                }
                // Somebody did the same at the same time. On a second look the body finds it, and says what it is.
                Err(Error::Taken) if attempt < 3 => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    async fn once<T>(&self, body: &impl AsyncFn(&mut Tx) -> Result<T>) -> Result<T> {
        let held = Held(Some(self.get().await?));
        held.client()?.batch_execute("begin isolation level serializable").await?;
        let mut tx = Tx(Conn::Postgres(held));
        let outcome = body(&mut tx).await;
        let Conn::Postgres(held) = tx.0 else { return Err(Error::internal("not a PostgreSQL transaction")) };
        held.end(if outcome.is_ok() { "commit" } else { "rollback" }).await?;
        outcome
    }
}

/// A connection inside a transaction. Dropped before its end (the caller went away, a rollback failed), it
/// is taken out of the pool and closed: no one is ever handed a half-done transaction.
pub(super) struct Held(Option<Object>);

impl Held {
    pub(super) fn client(&self) -> Result<&Object> {
        self.0.as_ref().ok_or_else(|| Error::internal("the transaction is over"))
    }

    async fn end(mut self, text: &str) -> Result<()> {
        let ended = self.client()?.batch_execute(text).await;
        if ended.as_ref().err().is_none_or(|error| error.as_db_error().is_some()) {
            drop(self.0.take()); // back to the pool: a refused COMMIT ends the transaction as well
        }
        Ok(ended?)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.take().map(Object::take);
    }
}

/// Longer each time, and by chance: those who met once should not meet again.
fn pause(attempt: u32) -> Duration {
    let chance = RandomState::new().build_hasher().finish();
    Duration::from_micros(chance % (1000 << attempt.min(7)))
}

/// A future of one size for every statement: what reads and writes would else be compiled into each handler.
type Pending<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

pub(super) async fn rows<T: Record>(client: &Object, sql: &Sql) -> Result<Vec<T>> {
    let rows = fetch(client, sql).await?;
    rows.iter().map(|row| Row::record(Cells::Postgres(row))).collect()
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

/// A server that goes down, comes up, has no place left, or is not the one to write to.
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
