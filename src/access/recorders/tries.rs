//! Tries at secrets that people choose, such as passwords. A try is counted before it is made, so many tries at once cannot
//! pass the limit, even on several servers.

use crate::app::App;
use crate::auth;
use crate::db::{Lane, Tx, sql};
use crate::error::{Error, Result};
use crate::time::Time;

/// The most tries under a name in a window of time.
#[derive(Clone, Debug)]
pub struct Limit {
    pub name: String,
    pub most: i64,
    /// Milliseconds.
    pub window: i64,
}

/// Counts a try under each name until one has no room, and returns whether all had. So a try that one limit refuses does
/// not use up the limits after it.
pub async fn count(app: &App, limits: &[Limit]) -> Result<bool> {
    let (lane, limits, now) = (lane(limits), limits.to_vec(), app.now());
    let counted = app.gate.narrow().write_for(lane, async move |tx| {
        for limit in &limits {
            if add(limit, now, tx).await? > limit.most {
                return Ok(false);
            }
        }
        Ok(true)
    });
    counted.await
}

/// Tries at one secret wait only for each other. The last limit is the one that most of them share.
fn lane(limits: &[Limit]) -> Lane {
    limits.last().map_or(Lane::Server, |limit| Lane::of_credential(&auth::hash(&limit.name)))
}

async fn add(limit: &Limit, now: Time, tx: &mut Tx) -> Result<i64> {
    sql("insert into tries (name, count, since) values ($1, 1, $2) on conflict (name) do update set \
         count = case when tries.since <= $3 then 1 else tries.count + 1 end, \
         since = case when tries.since <= $3 then $2 else tries.since end")
    .bind(&limit.name)
    .bind(now)
    .bind(now.minus(limit.window))
    .run(&mut *tx)
    .await?;
    let count = sql("select count from tries where name = $1").bind(&limit.name).optional(tx);
    Ok(count.await?.unwrap_or(0))
}

/// The outcome of a try. The try does not count if the server was too busy to make it. Only for tries that were counted
/// under every name.
pub async fn unless_busy<T>(app: &App, limits: &[Limit], outcome: Result<T>) -> Result<T> {
    if matches!(outcome, Err(Error::Busy)) {
        forgive(app, limits, false).await;
    }
    outcome
}

/// Takes back a try that was right, or was not made. `all` also forgets the tries before it. The outcome of the try stands
/// even if this cannot be written.
pub async fn forgive(app: &App, limits: &[Limit], all: bool) {
    if limits.is_empty() {
        return;
    }
    let (lane, names) = (lane(limits), limits.iter().map(|limit| limit.name.clone()).collect::<Vec<_>>());
    let forgiven = app.gate.narrow().write_for(lane, async move |tx| {
        for name in &names {
            sql("update tries set count = case when $2 then 0 else count - 1 end where name = $1 and count > 0")
                .bind(name)
                .bind(all)
                .run(&mut *tx)
                .await?;
        }
        Ok(())
    });
    if let Err(error) = forgiven.await {
        tracing::debug!(%error, "tries could not be forgiven");
    }
}
