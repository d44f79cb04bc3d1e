//! Counts what workspaces store: in steps, after the answers.

use super::{Count, Known};
use crate::app::App;
use crate::db::{Json, Record, Row, sql};
use crate::error::{Error, Result};
use crate::time::Time;
use std::time::Duration;
use tokio::sync::watch;
use uuid::Uuid;

/// The tables that are counted, and the bytes of a row: its texts, and a fixed number for the rest of it and its index
/// entries. The audit log comes last. Almost every row in another table comes with a row in one of these.
pub const TABLES: [(&str, &str); 14] = [
    (
        "leads",
        "400 + 2 * octet_length(t.search) + octet_length(cast(t.custom_variables as text)) \
         + coalesce(octet_length(t.personalization), 0) + coalesce(octet_length(t.website), 0) \
         + coalesce(octet_length(t.company_name), 0) + coalesce(octet_length(t.job_title), 0) \
         + coalesce(octet_length(t.phone), 0) + coalesce(octet_length(t.pl_value_lead), 0)",
    ),
    ("campaigns", "300 + 2 * octet_length(t.search) + octet_length(cast(t.settings as text))"),
    (
        "accounts",
        "500 + octet_length(t.search) + octet_length(t.connection) + octet_length(cast(t.settings as text))",
    ),
    ("lead_import_parts", "200 + octet_length(t.file_rows) + octet_length(t.report)"),
    ("lead_lists", "200 + 2 * octet_length(t.search)"),
    ("custom_tags", "200 + octet_length(t.search) + coalesce(octet_length(t.description), 0)"),
    ("custom_tag_mappings", "200"),
    ("suppressions", "300 + coalesce(octet_length(t.value), 0)"),
    ("email_verifications", "200 + octet_length(t.email)"),
    ("events", "300"),
    (
        "webhook_events",
        "500 + octet_length(cast(t.payload as text)) + octet_length(t.webhook_url) \
         + coalesce(octet_length(t.error_message), 0)",
    ),
    ("members", "400"),
    ("api_keys", "600"),
    ("audit_log", "500 + octet_length(t.search) + octet_length(cast(t.metadata as text))"),
];

/// The rows that one statement counts, and the pause after it, so that no read waits for a large workspace.
const STEP: i64 = 5_000;
const PAUSE: Duration = Duration::from_millis(20);
const MINUTE: Duration = Duration::from_secs(60);
/// A refused caller can have deleted something on another server, so the whole workspace is counted again after this.
const PATIENCE: i64 = Time::HOUR / 6;
/// After this many changes the whole workspace is counted, because rows that grow are not new.
const CHANGES: i64 = 50_000;
/// The most workspaces that one nightly step counts.
const AT_ONCE: i64 = 500;

/// Counts every minute until `stop`: the workspaces that changed, and those that were not counted since the night began.
pub async fn keep(app: App, mut stop: watch::Receiver<()>) {
    loop {
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(MINUTE) => (),
        }
        let counting = async {
            count(&app).await?;
            nightly(&app).await
        };
        tokio::select! {
            _ = stop.changed() => return,
            counted = counting => if let Err(error) = counted {
                tracing::warn!(%error, "what workspaces store could not be counted");
            },
        }
    }
}

/// Counts the workspaces that changed since the last round.
pub async fn count(app: &App) -> Result<()> {
    let mut failed = None;
    for (workspace, known) in app.storage.begun() {
        if let Err(error) = again(app, workspace, known).await {
            let mut all = app.storage.known();
            let now = all.entry(workspace).or_default();
            now.changed = now.changed.max(known.changed);
            now.deleted |= known.deleted;
            now.refused |= known.refused;
            failed = Some(error);
        }
    }
    failed.map_or(Ok(()), Err)
}

async fn again(app: &App, workspace: Uuid, mut known: Known) -> Result<()> {
    let is_over = app.storage.excess(&known.count).is_some();
    if known.whole.is_none() || is_over {
        // Another server can have counted it later, and so can this one before it was restarted.
        let kept = kept(app, workspace).await?;
        if let Some(kept) = kept.filter(|kept| known.whole.is_none_or(|whole| kept.at > whole)) {
            (known.count, known.whole, known.deleted) = (kept.count, Some(kept.at), false);
        }
    }
    let stale = known.whole.is_none_or(|whole| app.now() > whole.plus(PATIENCE));
    let is_over = app.storage.excess(&known.count).is_some();
    let grown = known.count.changes() - known.count.changes > CHANGES;
    if known.whole.is_none() || grown || is_over && (known.deleted || known.refused && stale) {
        return all(app, workspace).await;
    }
    let count = further(app, workspace, known.count).await?;
    app.storage.remember(workspace, count, known.whole);
    Ok(())
}

/// Counts a whole workspace, and stores the result.
async fn all(app: &App, workspace: Uuid) -> Result<()> {
    let at = app.now();
    let mut count = further(app, workspace, Count::default()).await?;
    count.changes = count.changes();
    app.storage.remember(workspace, count, Some(at));
    let kept = app.gate.narrow().write(async move |tx| {
        sql("insert into storage (workspace_id, stored_rows, stored_bytes, parts, counted_at) values ($1, $2, $3, $4, $5) \
             on conflict (workspace_id) do update set stored_rows = $2, stored_bytes = $3, parts = $4, counted_at = $5")
            .bind(workspace)
            .bind(count.rows())
            .bind(count.bytes())
            .bind(Json::value(&count))
            .bind(at)
            .run(tx)
            .await
    });
    kept.await.map(drop)
}

/// Adds the rows that came after a count.
async fn further(app: &App, workspace: Uuid, mut count: Count) -> Result<Count> {
    for ((table, bytes), part) in TABLES.into_iter().zip(&mut count.parts) {
        loop {
            let step =
                sql("select count(*), cast(coalesce(sum(x.bytes), 0) as bigint), max(uuid_text(x.id)) from \
                 (select t.id, {bytes} as bytes from {table} t where t.workspace_id = $1 and t.id > $2 \
                 order by t.id limit $3) as x")
                .bind(workspace)
                .bind(part.last)
                .bind(STEP)
                .fill_text("{bytes}", bytes)
                .fill_text("{table}", table);
            let Some(step) = step.optional::<Counted>(&app.reader).await? else { break };
            part.rows += step.rows;
            part.bytes += step.bytes;
            part.last = step.last.unwrap_or(part.last);
            if step.rows < STEP {
                break;
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
    Ok(count)
}

struct Counted {
    rows: i64,
    bytes: i64,
    last: Option<Uuid>,
}

impl Record for Counted {
    const COLUMNS: &'static str = "";
    fn read(row: &mut Row) -> Result<Self> {
        let (rows, bytes, last) = (row.take()?, row.take()?, row.take::<Option<String>>()?);
        let last = last.map(|id| id.parse()).transpose().map_err(Error::internal)?;
        Ok(Counted { rows, bytes, last })
    }
}

/// The last stored count, by any server.
struct Kept {
    count: Count,
    at: Time,
}

async fn kept(app: &App, workspace: Uuid) -> Result<Option<Kept>> {
    let kept = sql("select parts, counted_at from storage where workspace_id = $1").bind(workspace);
    let kept = kept.optional::<(serde_json::Value, Time)>(&app.reader).await?;
    // Another version of this program can count differently, so its count is not used.
    Ok(kept.and_then(|(parts, at)| Some(Kept { count: serde_json::from_value(parts).ok()?, at })))
}

/// The latest 2 o'clock in UTC.
fn night(now: Time) -> Time {
    Time((now.0 - 2 * Time::HOUR).div_euclid(Time::DAY) * Time::DAY + 2 * Time::HOUR)
}

/// Counts each whole workspace that was not counted since the night began. Only one of several servers does it.
pub async fn nightly(app: &App) -> Result<()> {
    let now = app.now();
    let due = sql(
        "select workspace_id, counted_at from storage where counted_at < $1 order by counted_at limit $2",
    );
    let due = due.bind(night(now)).bind(AT_ONCE).all::<(Uuid, Time)>(&app.reader).await?;
    for (workspace, counted_at) in due {
        let claimed = app.gate.narrow().write(async move |tx| {
            sql("update storage set counted_at = $3 where workspace_id = $1 and counted_at = $2")
                .bind(workspace)
                .bind(counted_at)
                .bind(now)
                .run(tx)
                .await
        });
        if claimed.await? > 0 {
            all(app, workspace).await?;
        }
    }
    Ok(())
}
