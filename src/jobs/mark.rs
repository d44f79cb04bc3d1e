//! How late it is, kept in the database: a server that starts with a clock set back goes on from there.

use crate::app::App;
use crate::db::{Reader, sql};
use crate::error::Result;
use crate::time::Time;
use std::time::Duration;
use tokio::sync::watch;

const EVERY: Duration = Duration::from_secs(15);

/// Until `stop` says so, and once more then.
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

/// The latest moment that a server on this database has seen, give or take [`EVERY`].
pub async fn mark(reader: &Reader) -> Result<Option<Time>> {
    let mark = sql("select value from server where name = 'clock'").optional::<String>(reader).await?;
    Ok(mark.and_then(|mark| mark.parse().ok()).map(Time))
}

async fn write(app: &App) -> Result<u64> {
    let now = app.now();
    let kept = app.gate.books().write(async move |tx| {
        // As many digits until the year 2286, so the order of texts is that of numbers.
        sql("insert into server (name, value) values ('clock', $1) on conflict (name) do update \
             set value = excluded.value where server.value < excluded.value")
        .bind(now.0.to_string())
        .run(tx)
        .await
    });
    kept.await
}

/// Takes the system's clock at its word again, after one that was ahead by mistake. `cli` alone calls this.
pub async fn forget(app: &App) -> Result<u64> {
    let forgotten =
        app.gate.books().write(async |tx| sql("delete from server where name = 'clock'").run(tx).await);
    forgotten.await
}

/// Keeps a fact of the server's own, which belongs to no workspace.
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
