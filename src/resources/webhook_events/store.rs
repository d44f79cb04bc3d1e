//! The SQL of attempts that does not follow from their description.

use super::list::within;
use super::{SHAPE, WebhookEvent};
use crate::access::{Caller, Can, Near, webhook_events::Read};
use crate::db::{Record, Row, Tx};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

/// The attempts of a day.
pub struct Counted {
    pub date: String,
    pub total: i64,
    pub good: i64,
}

impl Record for Counted {
    const COLUMNS: &'static str = "";
    fn read(row: &mut Row) -> Result<Self> {
        let day: i64 = row.take()?;
        Ok(Counted { date: Time(day * Time::DAY).day(), total: row.take()?, good: row.take()? })
    }
}

/// The attempts of each day in UTC that the caller sees, newest first.
pub async fn counts(can: &Can<Read>, span: (Option<Time>, Option<Time>)) -> Result<Vec<Counted>> {
    can.sql(
        "select h.day, count(*), count(*) filter (where h.success) from webhook_events h \
         where {visible} {filters} group by h.day order by h.day desc",
    )
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", |out| within(out, span))
    .all(can.reader())
    .await
}

/// The attempts of one webhook, newest first, and how near each is to the caller.
pub async fn of_webhook(
    can: &Can<Read>,
    webhook: Uuid,
    (before, limit): (Uuid, i64),
) -> Result<Vec<(WebhookEvent, Near)>> {
    can.sql(
        "select {columns}, {near} from webhook_events h where h.webhook_id = $1 and h.id < $2 and {visible} \
         order by h.id desc limit $3",
    )
    .bind(webhook)
    .bind(before)
    .bind(limit)
    .fill("{near}", can.near(&SHAPE))
    .fill("{visible}", can.visible(&SHAPE))
    .all(can.reader())
    .await
}

pub async fn has_webhook(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<bool> {
    let found = can.sql("select w.id from webhooks w where w.workspace_id = {here} and w.id = $1").bind(id);
    Ok(found.optional::<Uuid>(tx).await?.is_some())
}

/// Puts an event into the queue of a webhook, unless it is there. Returns how many were put there.
pub async fn queue(can: &Caller, tx: &mut Tx, attempt: &WebhookEvent, event: Uuid) -> Result<u64> {
    let waits = can
        .sql(
            "select d.id from webhook_deliveries d where d.workspace_id = {here} and d.webhook_id = $1 \
             and d.event_id = $2 limit 1",
        )
        .bind(attempt.webhook_id)
        .bind(event)
        .optional::<Uuid>(&mut *tx);
    if waits.await?.is_some() {
        return Ok(0);
    }
    can.sql(
        "insert into webhook_deliveries (workspace_id, webhook_id, id, event_id, lead_id, attempts, due_at, \
         timestamp_created) values ({here}, $1, $2, $3, $4, 0, $5, $5)",
    )
    .bind(attempt.webhook_id)
    .bind(can.new_id())
    .bind(event)
    .bind(attempt.lead_id)
    .bind(can.now())
    .run(tx)
    .await
}
