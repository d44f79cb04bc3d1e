//! Deletes rows that ended long ago: jobs, sessions, counts, and what other features keep for a time.

use crate::app::App;
use crate::db::{Sql, sql};
use crate::error::Result;
use crate::time::Time;

/// Finished jobs are kept for this many milliseconds: 30 days.
const KEPT: i64 = 30 * Time::DAY;
/// Counts of used permissions are kept for 90 days.
const USES: i64 = 90 * Time::DAY;
/// The longest life of a session under any login policy.
const SESSION: i64 = 90 * Time::DAY;

/// The most rows that one transaction deletes, so that others do not wait long.
const STEP: u64 = 2_000;

/// Deletes rows that ended long ago, and returns their number.
pub async fn prune(app: &App) -> Result<u64> {
    let mut rows = 0;
    // A week is the longest period for which attempts count.
    let (yesterday, last_week) = (app.now().minus(Time::DAY), app.now().minus(7 * Time::DAY));
    let (before, longest) = (app.now().minus(KEPT), app.now().minus(SESSION));
    for (forgotten, since) in [
        (
            sql("delete from tries where name in (select name from tries where since < $1 limit $2)"),
            last_week,
        ),
        (
            sql(
                "delete from challenges where id in (select id from challenges where expires_at < $1 limit $2)",
            ),
            yesterday,
        ),
        (
            sql(
                "delete from user_links where hash in (select hash from user_links where expires_at < $1 limit $2)",
            ),
            yesterday,
        ),
        (
            sql("delete from sessions where hash in (select hash from sessions \
                 where stage = 'factor' and timestamp_created < $1 limit $2)"),
            yesterday,
        ),
        (
            sql(
                "delete from sessions where hash in (select hash from sessions where last_seen_at < $1 limit $2)",
            ),
            longest,
        ),
        (
            sql("delete from uses where (workspace_id, principal_id, permission, day) in \
                 (select workspace_id, principal_id, permission, day from uses where day < $1 limit $2)"),
            app.now().minus(USES),
        ),
        (
            sql("delete from jobs where (workspace_id, id) in (select workspace_id, id from jobs \
                 where status in ('success', 'failed', 'bounced', 'cancelled') and updated_at < $1 limit $2)"),
            before,
        ),
    ]
    .into_iter()
    .chain([verifications(before)])
    .chain(imports(before))
    .chain(deliveries(before))
    {
        let forgotten = forgotten.bind(since).bind(STEP as i64);
        loop {
            let some = forget(app, forgotten.clone()).await?;
            rows += some;
            if some < STEP {
                break;
            }
        }
    }
    Ok(rows)
}

fn verifications(before: Time) -> (Sql, Time) {
    let old = sql("delete from email_verifications where (workspace_id, id) in (select workspace_id, id \
         from email_verifications where timestamp_checked < $1 limit $2)");
    (old, before)
}

/// Imports of leads, with the parts of their files first.
fn imports(before: Time) -> [(Sql, Time); 2] {
    [
        sql("delete from lead_import_parts where (workspace_id, id) in (select p.workspace_id, p.id \
             from lead_imports i join lead_import_parts p on p.workspace_id = i.workspace_id \
             and p.import_id = i.id where i.timestamp_created < $1 limit $2)"),
        sql("delete from lead_imports where (workspace_id, id) in (select i.workspace_id, i.id \
             from lead_imports i where i.timestamp_created < $1 limit $2)"),
    ]
    .map(|old| (old, before))
}

/// Attempts to deliver events to webhooks, and what waited for a webhook that stayed paused.
fn deliveries(before: Time) -> [(Sql, Time); 2] {
    [
        sql("delete from webhook_events where (workspace_id, id) in (select h.workspace_id, h.id \
             from webhook_events h where h.timestamp_created < $1 limit $2)"),
        sql(
            "delete from webhook_deliveries where (workspace_id, webhook_id, id) in (select d.workspace_id, \
             d.webhook_id, d.id from webhook_deliveries d where d.timestamp_created < $1 limit $2)",
        ),
    ]
    .map(|old| (old, before))
}

async fn forget(app: &App, some: Sql) -> Result<u64> {
    app.gate.books().write(async move |tx| some.clone().run(tx).await).await
}
