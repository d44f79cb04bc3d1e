//! Migrations: one tree for both engines, embedded, each applied once, all in one transaction.

use super::{Conn, Tx, Writer, sql};
use crate::error::{Error, Result};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

struct Migration {
    version: i64,
    name: &'static str,
    engine: Engine,
    text: &'static str,
}

enum Engine {
    Both,
    Sqlite,
    Postgres,
}

/// The migrations in the order of their numbers, which `build.rs` takes from the file names.
const MIGRATIONS: &[Migration] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// The migration that adds the column for checksums.
const CHECKSUMS: i64 = 15;

impl Migration {
    fn is_for(&self, postgres: bool) -> bool {
        match self.engine {
            Engine::Both => true,
            Engine::Sqlite => !postgres,
            Engine::Postgres => postgres,
        }
    }

    fn checksum(&self) -> String {
        Sha256::digest(self.text).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn changed(&self) -> Error {
        Error::invalid(format!(
            "the migration {} is not the one that this database has applied. Use an unmodified release of Gatepost. If \
             you build it yourself, restore this file and put your change into a new migration",
            self.name
        ))
    }
}

pub(super) fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Creates in PostgreSQL the function that SQLite gets from `sqlite::connect`.
const POSTGRES: &str = "create or replace function uuid_text(uuid) returns text \
     language sql immutable parallel safe as 'select $1::text'";

/// A migration of a large database, and the wait for another server's migration, have no time limit.
const UNHURRIED: &str = "set local statement_timeout = 0";

pub(super) async fn run(writer: &Writer) -> Result<()> {
    let prepare = writer.write(async |tx| {
        if let Conn::Postgres(_) = tx.0 {
            tx.batch(UNHURRIED).await?;
            // `if not exists` is not enough: two servers that start at the same time can both fail.
            tx.batch("select pg_advisory_xact_lock(71830164)").await?;
            tx.batch(POSTGRES).await?;
        }
        tx.batch("create table if not exists migrations (version bigint primary key)").await
    });
    prepare.await?;
    let apply = writer.write(async |tx| {
        if let Conn::Postgres(_) = tx.0 {
            tx.batch(UNHURRIED).await?;
            // This comes before the first query, so that the snapshot is taken after the lock.
            tx.batch("lock table migrations").await?;
        }
        let done: Vec<i64> = sql("select version from migrations").all(&mut *tx).await?;
        if done.contains(&CHECKSUMS) {
            check(tx).await?;
        }
        let postgres = matches!(tx.0, Conn::Postgres(_));
        let missing = || MIGRATIONS.iter().filter(|migration| !done.contains(&migration.version));
        for migration in missing().filter(|migration| migration.is_for(postgres)) {
            tx.batch(migration.text).await?;
        }
        for version in missing().map(|migration| migration.version).collect::<BTreeSet<_>>() {
            sql("insert into migrations (version) values ($1)").bind(version).run(tx).await?;
        }
        keep_checksums(tx).await
    });
    apply.await
}

/// Refuses a migration whose text has changed since it was applied.
async fn check(tx: &mut Tx) -> Result<()> {
    let applied = sql("select version, checksum from migrations where checksum is not null");
    let applied: Vec<(i64, String)> = applied.all(&mut *tx).await?;
    let postgres = matches!(tx.0, Conn::Postgres(_));
    for migration in MIGRATIONS.iter().filter(|migration| migration.is_for(postgres)) {
        let known = applied.iter().find(|(version, _)| *version == migration.version);
        if known.is_some_and(|(_, checksum)| *checksum != migration.checksum()) {
            return Err(migration.changed());
        }
    }
    Ok(())
}

/// Stores checksums of migrations that were just applied, or applied before checksums existed.
async fn keep_checksums(tx: &mut Tx) -> Result<()> {
    let missing: Vec<i64> =
        sql("select version from migrations where checksum is null").all(&mut *tx).await?;
    let postgres = matches!(tx.0, Conn::Postgres(_));
    for migration in MIGRATIONS.iter().filter(|migration| migration.is_for(postgres)) {
        if missing.contains(&migration.version) {
            sql("update migrations set checksum = $2 where version = $1")
                .bind(migration.version)
                .bind(migration.checksum())
                .run(tx)
                .await?;
        }
    }
    Ok(())
}

/// Checks the key that protects secrets. With a different key, secrets would become unreadable without an
/// error at start.
pub(super) async fn keep_to_key(writer: &Writer, fingerprint: &str) -> Result<()> {
    let fingerprint = fingerprint.to_owned();
    let known = writer.write(async move |tx| {
        sql("insert into server (name, value) values ('secret key', $1) on conflict (name) do nothing")
            .bind(&fingerprint)
            .run(tx)
            .await?;
        let known: Option<String> =
            sql("select value from server where name = 'secret key'").optional(&mut *tx).await?;
        Ok(known.is_some_and(|known| known == fingerprint))
    });
    match known.await? {
        true => Ok(()),
        false => Err(Error::invalid(
            "the database was made with another secret key. Restore that key as secret.key in the data folder, or set \
             it as GATEPOST_SECRET_KEY",
        )),
    }
}
