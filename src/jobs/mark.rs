//! The latest time, stored in the database. A server that starts with a clock that was set back continues
//! from it.

use crate::app::App;
use crate::db::{Reader, sql};
use crate::error::Result;
use crate::time::Time;
use std::time::Duration;
use tokio::sync::watch;

const EVERY: Duration = Duration::from_secs(15);

/// Stores the time at intervals until `stop` fires, and once more then.
pub(super) async fn keep(app: &App, mut stop: watch::Receiver<()>) {
    loop {
        let stopped = tokio::select! {
            _ = stop.changed() => true,
            () = tokio::time::sleep(EVERY) => false,
        };
        if let Err(error) = write(app).await {
            tracing::debug!(%error, "the time could not be kept");
        }
        if stopped {
            return;
        }
    }
}

/// The latest time that a server on this database has seen, accurate to [`EVERY`].
pub async fn mark(reader: &Reader) -> Result<Option<Time>> {
    let mark = sql("select value from server where name = 'clock'").optional::<String>(reader).await?;
    Ok(mark.and_then(|mark| mark.parse().ok()).map(Time))
}

async fn write(app: &App) -> Result<u64> {
    let now = app.now();
    let kept = app.gate.books().write(async move |tx| {
        // Until the year 2286 the number of digits is the same, so the order of the texts is that of the
        // numbers.
        sql("insert into server (name, value) values ('clock', $1) on conflict (name) do update \
             set value = excluded.value where server.value < excluded.value")
        .bind(now.0.to_string())
        .run(tx)
        .await
    });
    kept.await
}

/// Trusts the system clock again after it was ahead by mistake. Only `cli` calls this.
pub async fn forget(app: &App) -> Result<u64> {
    let forgotten =
        app.gate.books().write(async |tx| sql("delete from server where name = 'clock'").run(tx).await);
    forgotten.await
}

/// Stores a fact of the server that does not belong to a workspace.
pub async fn remember(app: &App, name: &'static str, value: &str) -> Result<()> {
    let value = value.to_owned();
    let kept = app.gate.books().write(async move |tx| {
        sql("insert into server (name, value) values ($1, $2) on conflict (name) do update set value = $2")
            .bind(name)
            .bind(&value)
            .run(tx)
            .await
    });
    kept.await.map(drop)
}
