//! Migrations: one tree for both engines, embedded, each applied once, all in one transaction.

use super::{Conn, Writer, sql};
use crate::error::{Error, Result};

const MIGRATIONS: &[(i64, Migration)] = &[
    (1, Both(include_str!("../../migrations/0001_init.sql"))),
    (2, Both(include_str!("../../migrations/0002_senders_and_leads.sql"))),
    (3, Both(include_str!("../../migrations/0003_lean_audit.sql"))),
    (4, Sqlite(include_str!("../../migrations/0004_clustered_keys.sqlite.sql"))),
    (5, Both(include_str!("../../migrations/0005_people.sql"))),
    (6, Both(include_str!("../../migrations/0006_groups.sql"))),
    (7, Both(include_str!("../../migrations/0007_white_label.sql"))),
    (8, Both(include_str!("../../migrations/0008_credits.sql"))),
    (9, Both(include_str!("../../migrations/0009_names_in_the_audit_log.sql"))),
    (10, Both(include_str!("../../migrations/0010_storage.sql"))),
    (11, Both(include_str!("../../migrations/0011_makers_of_keys.sql"))),
    (12, Both(include_str!("../../migrations/0012_strict_bodies.sql"))),
    (13, Both(include_str!("../../migrations/0013_leads_anywhere.sql"))),
    (14, Both(include_str!("../../migrations/0014_connection_state.sql"))),
    (15, Both(include_str!("../../migrations/0015_promised_accounts.sql"))),
];

enum Migration {
    Both(&'static str),
    /// How rows lie on the disk, which is SQLite's alone to say.
    Sqlite(&'static str),
}
use Migration::{Both, Sqlite};

pub(super) fn newest() -> i64 {
    MIGRATIONS.iter().map(|(version, _)| *version).max().unwrap_or(0)
}

/// What SQLite gets as a function of the connection (`sqlite::connect`), PostgreSQL gets here.
const POSTGRES: &str = "create or replace function uuid_text(uuid) returns text \
     language sql immutable parallel safe as 'select $1::text'";

/// A migration of a large database takes as long as it takes, and so does the wait for another server's.
const UNHURRIED: &str = "set local statement_timeout = 0";

pub(super) async fn run(writer: &Writer) -> Result<()> {
    let prepare = writer.write(async |tx| {
        if let Conn::Postgres(_) = tx.0 {
            tx.batch(UNHURRIED).await?;
            // `if not exists` alone lets two servers that start at once fall over each other.
            tx.batch("select pg_advisory_xact_lock(71830164)").await?;
            tx.batch(POSTGRES).await?;
        }
        tx.batch("create table if not exists migrations (version bigint primary key)").await
    });
    prepare.await?;
    let apply = writer.write(async |tx| {
        if let Conn::Postgres(_) = tx.0 {
            tx.batch(UNHURRIED).await?;
            // Before the first query, so that the snapshot is taken once the lock is ours.
            tx.batch("lock table migrations").await?;
        }
        let done: Vec<i64> = sql("select version from migrations").all(&mut *tx).await?;
        for (version, migration) in MIGRATIONS.iter().filter(|(version, _)| !done.contains(version)) {
            match (migration, &tx.0) {
                (Both(text), _) | (Sqlite(text), Conn::Sqlite(_)) => tx.batch(text).await?,
                (Sqlite(_), Conn::Postgres(_)) => (),
            }
            sql("insert into migrations (version) values ($1)").bind(*version).run(tx).await?;
        }
        Ok(())
    });
    apply.await
}

/// Secrets are protected with the key; with another one they would be lost one by one, and silently.
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
