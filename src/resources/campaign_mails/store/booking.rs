//! The SQL of results, and of what follows from them.

use super::super::Place;
use super::{Journey, Sent};
use crate::access::Caller;
use crate::db::{Json, Tx};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

/// Writes what became of a send. False: it is written already, by a transaction whose answer was lost.
pub async fn insert_result(
    can: &Caller,
    tx: &mut Tx,
    send: Uuid,
    (kind, code, words): (&str, Option<i64>, Option<&str>),
) -> Result<bool> {
    let known = can
        .sql(
            "select r.number, r.kind from results r where r.workspace_id = {here} and r.send_id = $1 \
             order by r.number desc limit 1",
        )
        .bind(send)
        .optional::<(i64, String)>(&mut *tx);
    let number = match known.await? {
        Some((_, last)) if last == kind => return Ok(false),
        Some((number, _)) => number.saturating_add(1),
        None => 0,
    };
    can.sql(
        "insert into results (workspace_id, send_id, number, at, kind, code, words) \
         values ({here}, $1, $2, $3, $4, $5, $6)",
    )
    .bind(send)
    .bind(number)
    .bind(can.now())
    .bind(kind)
    .bind(code)
    .bind(words.map(str::to_owned))
    .run(tx)
    .await?;
    Ok(true)
}

/// The account has no send without a result any more. Its gap begins again now.
pub async fn settle(can: &Caller, tx: &mut Tx, account: Uuid, send: Uuid) -> Result<u64> {
    can.sql(
        "update runs set armed = null, last_at = $3, failures = 0, failing_since = null where workspace_id = {here} \
         and account_id = $1 and armed = $2",
    )
    .bind(account)
    .bind(send)
    .bind(can.now())
    .run(tx)
    .await
}

/// Writes the plan of a journey whose step was on its way. 0 rows: it is not on its way any more.
pub async fn plan(can: &Caller, tx: &mut Tx, place: Place, after: &Journey) -> Result<u64> {
    can.sql(
        "update journeys set step = $4, due_at = $5, ended = $6, tries = $7, first_try_at = $8, subject = $9, \
         message_ids = $10 where workspace_id = {here} and lead_id = $1 and campaign_id = $2 and step = $3 \
         and due_at is null and not ended",
    )
    .bind(place.lead)
    .bind(place.campaign)
    .bind(place.step)
    .bind(after.step)
    .bind(after.due_at)
    .bind(after.ended)
    .bind(after.tries)
    .bind(after.first_try_at)
    .bind(after.subject.clone())
    .bind(Json::value(&after.message_ids))
    .run(tx)
    .await
}

/// The figures of an accepted mail.
pub async fn count_sent(can: &Caller, tx: &mut Tx, sent: &Sent) -> Result<()> {
    can.sql(
        "insert into account_days (workspace_id, account_id, day, sent, contacted, new_leads_contacted) \
         select a.workspace_id, a.id, $2, 1, (select case when count(*) > 1 then 0 else 1 end from sends s \
         where s.workspace_id = {here} and s.lead_id = $4 and s.account_id = $1 and s.at >= $5 and s.armed), $3 \
         from accounts a where a.workspace_id = {here} and a.id = $1 \
         on conflict (workspace_id, account_id, day) do update set sent = account_days.sent + 1, \
         contacted = account_days.contacted + excluded.contacted, \
         new_leads_contacted = account_days.new_leads_contacted + excluded.new_leads_contacted",
    )
    .bind(sent.account)
    .bind(sent.at.day())
    .bind(i64::from(sent.step == 0))
    .bind(sent.lead)
    .bind(Time::of_day(&sent.at.day()).unwrap_or(sent.at))
    .run(&mut *tx)
    .await?;
    can.sql("update campaign_runs set last_sent_at = $2 where workspace_id = {here} and campaign_id = $1")
        .bind(sent.campaign)
        .bind(sent.at)
        .run(&mut *tx)
        .await?;
    can.sql("update leads set timestamp_last_contact = $2 where workspace_id = {here} and id = $1")
        .bind(sent.lead)
        .bind(sent.at)
        .run(tx)
        .await
        .map(drop)
}

/// The figures of an address that does not exist.
pub async fn count_bounced(can: &Caller, tx: &mut Tx, account: Uuid, at: Time) -> Result<u64> {
    can.sql(
        "insert into account_days (workspace_id, account_id, day, bounced) select a.workspace_id, a.id, $2, 1 \
         from accounts a where a.workspace_id = {here} and a.id = $1 \
         on conflict (workspace_id, account_id, day) do update set bounced = account_days.bounced + 1",
    )
    .bind(account)
    .bind(at.day())
    .run(tx)
    .await
}
