//! The SQL of the queues of webhooks. The server works on them for all workspaces. What it writes are facts about
//! deliveries and not changes, so they have no audit rows.

use super::super::deliver::rest;
use super::super::{ACTIVE, Webhook};
use crate::access::across;
use crate::app::App;
use crate::db::{Tx, record};
use crate::error::{Error, Result};
use crate::resources::webhook_events::Attempt;
use crate::time::Time;
use uuid::Uuid;

/// Milliseconds for which a claim is valid; every delivery extends it. A call, and the wait before it, take less.
const LEASE: i64 = 60_000;
/// How long a webhook rests if all that waits is behind a delivery that failed.
const IDLE: i64 = 5_000;

/// The claim of a webhook's queue.
#[derive(Clone, Debug)]
pub struct Pump {
    pub workspace: Uuid,
    pub webhook: Uuid,
    lease: Uuid,
}

pub enum Found {
    Nothing,
    /// Another process was faster.
    Taken,
    Pump(Pump),
}

/// Claims the queue that has been due longest.
pub async fn claim(app: &App) -> Result<Found> {
    let now = app.now();
    let due = across("the server delivers for all workspaces").unfenced_sql(
        "select p.workspace_id, p.webhook_id from webhook_pumps p join webhooks w \
         on w.workspace_id = p.workspace_id and w.id = p.webhook_id where w.status = $2 and p.due_at <= $1 \
         and coalesce(p.lease_until <= $1, true) and exists (select 1 from webhook_deliveries d \
         where d.workspace_id = p.workspace_id and d.webhook_id = p.webhook_id and d.due_at <= $1) \
         order by p.due_at, p.webhook_id limit 1",
    );
    let due = due.bind(now).bind(ACTIVE).optional::<(Uuid, Uuid)>(&app.reader).await?;
    let Some((workspace, webhook)) = due else { return Ok(Found::Nothing) };
    let lease = app.new_id();
    let claimed = app.gate.facts().write(async move |tx| {
        across("of the queue that was found")
            .unfenced_sql(
                "update webhook_pumps set lease = $3, lease_until = $4 where workspace_id = $1 \
                 and webhook_id = $2 and coalesce(lease_until <= $5, true)",
            )
            .bind(workspace)
            .bind(webhook)
            .bind(lease)
            .bind(now.plus(LEASE))
            .bind(now)
            .run(tx)
            .await
    });
    Ok(match claimed.await? {
        0 => Found::Taken,
        _ => Found::Pump(Pump { workspace, webhook, lease }),
    })
}

/// A delivery that waits.
pub struct Waiting {
    pub id: Uuid,
    pub event: Uuid,
    pub attempts: i64,
    pub since: Time,
}
record! { Waiting { id = "d.id", event = "d.event_id", attempts = "d.attempts", since = "d.timestamp_created" } }

/// The first delivery that is due. A delivery about a lead waits for those before it about the same lead.
pub async fn next(app: &App, pump: &Pump) -> Result<Option<Waiting>> {
    across("of a queue that was claimed")
        .unfenced_sql(
            "select {columns} from webhook_deliveries d where d.workspace_id = $1 and d.webhook_id = $2 \
             and d.due_at <= $3 and not exists (select 1 from webhook_deliveries e \
             where e.workspace_id = d.workspace_id and e.webhook_id = d.webhook_id and e.lead_id = d.lead_id \
             and e.id < d.id) order by d.id limit 1",
        )
        .bind(pump.workspace)
        .bind(pump.webhook)
        .bind(app.now())
        .optional(&app.reader)
        .await
}

/// The webhook of a queue, with its sealed part.
pub async fn webhook(app: &App, pump: &Pump) -> Result<Option<(Webhook, String)>> {
    let by_id = across("of a queue that was claimed")
        .unfenced_sql("select {columns} from webhooks w where w.workspace_id = $1 and w.id = $2");
    let found = by_id.bind(pump.workspace).bind(pump.webhook).optional::<Webhook>(&app.reader).await?;
    let sealed = across("of a queue that was claimed")
        .unfenced_sql("select w.sealed from webhooks w where w.workspace_id = $1 and w.id = $2");
    let sealed = sealed.bind(pump.workspace).bind(pump.webhook).optional::<String>(&app.reader).await?;
    Ok(found.zip(sealed))
}

/// An event that happened.
#[derive(Clone, Debug)]
pub struct Happened {
    pub id: Uuid,
    pub workspace: Uuid,
    pub at: Time,
    pub kind: String,
    pub lead: Option<Uuid>,
    pub campaign: Option<Uuid>,
    pub account: Option<Uuid>,
    pub label: Option<String>,
    pub step: Option<i64>,
    pub variant: Option<i64>,
    pub first_of_lead: bool,
}
record! { Happened {
    id = "e.id", workspace = "e.workspace_id", at = "e.timestamp_created", kind = "e.kind", lead = "e.lead_id",
    campaign = "e.campaign_id", account = "e.account_id", label = "e.label", step = "e.step", variant = "e.variant",
    first_of_lead = "e.first_of_lead",
} }

pub async fn event(app: &App, workspace: Uuid, id: Uuid) -> Result<Option<Happened>> {
    across("of a queue that was claimed")
        .unfenced_sql("select {columns} from events e where e.workspace_id = $1 and e.id = $2")
        .bind(workspace)
        .bind(id)
        .optional(&app.reader)
        .await
}

/// How the recent deliveries of a webhook ended.
#[derive(Clone, Copy, Debug)]
pub struct Health {
    pub failures: i64,
    pub failing_since: Option<Time>,
}
record! { Health { failures = "failures", failing_since = "failing_since" } }

/// Extends the lease, and notes a success or a failure. It fails if another process has the lease by now.
async fn hold(app: &App, pump: &Pump, tx: &mut Tx, success: Option<bool>) -> Result<Health> {
    let now = app.now();
    let held = across("of a queue that was claimed")
        .unfenced_sql(
            "update webhook_pumps set lease_until = $4, failures = case when $5 then 0 when $6 then failures + 1 \
             else failures end, failing_since = case when $5 then null when $6 then coalesce(failing_since, $7) \
             else failing_since end where workspace_id = $1 and webhook_id = $2 and lease = $3 returning {columns}",
        )
        .bind(pump.workspace)
        .bind(pump.webhook)
        .bind(pump.lease)
        .bind(now.plus(LEASE))
        .bind(success == Some(true))
        .bind(success == Some(false))
        .bind(now);
    let lost = || Error::Conflict("the webhook is another runner's by now".to_owned());
    held.optional(tx).await?.ok_or_else(lost)
}

async fn remove(pump: &Pump, tx: &mut Tx, id: Uuid) -> Result<u64> {
    across("of a queue that was claimed")
        .unfenced_sql(
            "delete from webhook_deliveries where workspace_id = $1 and webhook_id = $2 and id = $3",
        )
        .bind(pump.workspace)
        .bind(pump.webhook)
        .bind(id)
        .run(tx)
        .await
}

/// Removes a delivery that the maker of the webhook must not see.
pub async fn leave_out(app: &App, pump: &Pump, waiting: &Waiting) -> Result<()> {
    let (own, claim, id) = (app.clone(), pump.clone(), waiting.id);
    let left_out = app.gate.facts().write(async move |tx| {
        hold(&own, &claim, tx, None).await?;
        remove(&claim, tx, id).await
    });
    left_out.await.map(drop)
}

/// Writes an attempt down, and what becomes of the delivery.
pub async fn write_down(app: &App, pump: &Pump, waiting: &Waiting, attempt: Attempt) -> Result<Health> {
    let (own, claim, id) = (app.clone(), pump.clone(), waiting.id);
    let written = app.gate.facts().write(async move |tx| {
        let health = hold(&own, &claim, tx, Some(attempt.success())).await?;
        attempt.note(&own, claim.workspace, tx).await?;
        match attempt.next {
            None => remove(&claim, tx, id).await?,
            Some(next) => {
                across("of a queue that was claimed")
                    .unfenced_sql(
                        "update webhook_deliveries set attempts = attempts + 1, due_at = $4 \
                         where workspace_id = $1 and webhook_id = $2 and id = $3",
                    )
                    .bind(claim.workspace)
                    .bind(claim.webhook)
                    .bind(id)
                    .bind(next)
                    .run(tx)
                    .await?
            }
        };
        own.fault("inside the record")?;
        Ok(health)
    });
    written.await
}

/// Gives the lease back. The queue rests after failures. It also rests for a moment if every due delivery waits for an earlier one.
pub async fn release(app: &App, pump: &Pump) -> Result<()> {
    let (own, claim) = (app.clone(), pump.clone());
    let is_idle = next(app, pump).await?.is_none();
    let released = app.gate.facts().write(async move |tx| {
        let Health { failures, .. } = hold(&own, &claim, tx, None).await?;
        let due = across("of a queue that was claimed")
            .unfenced_sql(
                "select d.id from webhook_deliveries d where d.workspace_id = $1 and d.webhook_id = $2 \
                 and d.due_at <= $3 limit 1",
            )
            .bind(claim.workspace)
            .bind(claim.webhook)
            .bind(own.now())
            .optional::<Uuid>(&mut *tx)
            .await?;
        let is_blocked = is_idle && due.is_some();
        let pause = rest(failures).max(if is_blocked { IDLE } else { 0 });
        across("of a queue that was claimed")
            .unfenced_sql(
                "update webhook_pumps set lease = null, lease_until = null, due_at = $4 \
                 where workspace_id = $1 and webhook_id = $2 and lease = $3",
            )
            .bind(claim.workspace)
            .bind(claim.webhook)
            .bind(claim.lease)
            .bind(own.now().plus(pause))
            .run(tx)
            .await
    });
    released.await.map(drop)
}
