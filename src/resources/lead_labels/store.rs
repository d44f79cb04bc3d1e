use super::SHAPE;
use crate::access::{Caller, STEP, lead_labels::Read};
use crate::db::Tx;
use crate::error::Result;
use uuid::Uuid;

/// Whether another label has this name.
pub async fn taken(can: &Caller, tx: &mut Tx, label: &str, but: Uuid) -> Result<bool> {
    let taken = can
        .sql("select id from lead_labels where workspace_id = {here} and search = $1 and id <> $2")
        .bind(label.to_lowercase())
        .bind(but)
        .optional::<Uuid>(tx);
    Ok(taken.await?.is_some())
}

/// A number that no label of the workspace has. It grows with the time, so that the number of a deleted label is not used
/// again.
pub async fn next_number(can: &Caller, tx: &mut Tx) -> Result<i64> {
    let last = can
        .sql("select coalesce(max(interest_status), 0) from lead_labels where workspace_id = {here}")
        .optional::<i64>(tx);
    let seconds = can.now().0 / 1000;
    Ok(seconds.max(last.await?.unwrap_or(0) + 1))
}

/// Which of these numbers belong to labels that the caller sees.
pub async fn numbers(can: &Caller, tx: &mut Tx, numbers: &[i64]) -> Result<Vec<i64>> {
    if numbers.is_empty() {
        return Ok(vec![]);
    }
    can.sql(
        "select b.interest_status from lead_labels b where {visible} and b.interest_status in ({numbers})",
    )
    .fill_list("{numbers}", numbers)
    .fill("{visible}", can.sees::<Read>(&SHAPE))
    .all(tx)
    .await
}

/// Gives one step of the leads with a label another one. Returns their number.
pub async fn relabel_some(can: &Caller, tx: &mut Tx, number: i64, instead: Option<i64>) -> Result<u64> {
    can.sql(
        "update leads set lt_interest_status = $1, timestamp_last_interest_change = $2, timestamp_updated = $2 \
         where workspace_id = {here} and id in (select l.id from leads l \
         where l.workspace_id = {here} and l.lt_interest_status = $3 limit $4)",
    )
    .bind(instead)
    .bind(can.now())
    .bind(number)
    .bind(STEP as i64)
    .run(tx)
    .await
}
