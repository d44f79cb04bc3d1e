//! The SQL of starting and stopping the warm-up of accounts.

use super::super::filter::Wanted;
use super::super::{COLD, SHAPE, WARM};
use crate::access::{Caller, Can, accounts::Warm};
use crate::db::Tx;
use crate::error::Result;
use uuid::Uuid;

pub async fn count(can: &Can<Warm>, tx: &mut Tx, wanted: &Wanted) -> Result<i64> {
    let count = can
        .sql("select count(*) from accounts a where {within} and {visible} {filters}")
        .fill("{within}", can.within(&SHAPE))
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", wanted.condition(can));
    Ok(count.optional(tx).await?.unwrap_or(0))
}

/// The accounts of the next step, in the order of their ids.
pub async fn next(
    can: &Can<Warm>,
    tx: &mut Tx,
    wanted: &Wanted,
    after: Uuid,
    most: i64,
) -> Result<Vec<Uuid>> {
    can.sql(
        "select a.id from accounts a \
         where a.id > $1 and {within} and {visible} {filters} order by a.id limit $2",
    )
    .bind(after)
    .bind(most)
    .fill("{within}", can.within(&SHAPE))
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", wanted.condition(can))
    .all(tx)
    .await
}

pub async fn warmup_statuses(can: &Caller, tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(String, i64)>> {
    can.sql(
        "select email, warmup_status from accounts where workspace_id = {here} and id in ({ids}) order by id",
    )
    .fill_list("{ids}", ids)
    .all(tx)
    .await
}

/// Banned and suspended accounts keep their status. Accounts that are warm already are not counted.
pub async fn warm(can: &Caller, tx: &mut Tx, ids: &[Uuid], enable: bool) -> Result<u64> {
    let (from, to) = if enable { ((COLD, -2), WARM) } else { ((WARM, -2), COLD) };
    can.sql(
        "update accounts set warmup_status = $1, modified_by = $2, timestamp_updated = $3, \
         timestamp_warmup_start = case when $6 then coalesce(timestamp_warmup_start, $3) \
         else timestamp_warmup_start end \
         where workspace_id = {here} and warmup_status in ($4, $5) and id in ({ids})",
    )
    .bind(to)
    .bind(can.user())
    .bind(can.now())
    .bind(from.0)
    .bind(from.1)
    .bind(enable)
    .fill_list("{ids}", ids)
    .run(tx)
    .await
}
