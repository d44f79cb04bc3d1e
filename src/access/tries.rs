//! Tries at what people choose themselves, such as passwords, counted before they are made: of many at once, in any
//! number of servers, none slips through between looking and counting.

use crate::app::App;
use crate::db::{Time, Tx, sql};
use crate::error::Result;

/// So many tries under a name are let through in a window of time.
#[derive(Clone, Debug)]
pub struct Limit {
    pub name: String,
    pub most: i64,
    /// Milliseconds.
    pub window: i64,
}

/// Counts a try under each name; whether each has room for it.
pub async fn count(app: &App, limits: &[Limit]) -> Result<bool> {
    let (limits, now) = (limits.to_vec(), app.now());
    let counted = app.gate.narrow().write(async move |tx| {
        let mut within = true;
        for limit in &limits {
            within &= add(limit, now, tx).await? <= limit.most;
        }
        Ok(within)
    });
    counted.await
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

/// Takes a try back that turned out to be right, or was not made; `all` forgets those before it too.
pub async fn forgive(app: &App, names: Vec<String>, all: bool) -> Result<()> {
    let forgiven = app.gate.narrow().write(async move |tx| {
        for name in &names {
            sql("update tries set count = case when $2 then 0 else count - 1 end where name = $1 and count > 0")
                .bind(name)
                .bind(all)
                .run(&mut *tx)
                .await?;
        }
        Ok(())
    });
    forgiven.await
}
