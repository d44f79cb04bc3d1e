//! The SQL of results, and of what follows from them.

use super::super::Place;
use super::Journey;
use crate::access::Caller;
use crate::db::{Json, Tx};
use crate::error::Result;
use uuid::Uuid;

pub const UNCONFIRMED: &str = "unconfirmed";

/// Writes what became of a send, and returns the result that it had before. None: it has its result already. Only
/// `unconfirmed` is followed by another one, if the process that sent the mail comes back with the answer.
pub async fn insert_result(
    can: &Caller,
    tx: &mut Tx,
    send: Uuid,
    (kind, code, words): (&str, Option<i64>, Option<&str>),
) -> Result<Option<Option<String>>> {
    let known = can
        .sql(
            "select r.number, r.kind from results r where r.workspace_id = {here} and r.send_id = $1 \
             order by r.number desc limit 1",
        )
        .bind(send)
        .optional::<(i64, String)>(&mut *tx);
    let (number, before) = match known.await? {
        Some((_, last)) if last == kind || last != UNCONFIRMED => return Ok(None),
        Some((number, last)) => (number.saturating_add(1), Some(last)),
        None => (0, None),
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
    Ok(Some(before))
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
