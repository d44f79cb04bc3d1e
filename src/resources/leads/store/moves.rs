//! The SQL of moving and copying many leads.

use super::super::{Lead, SHAPE};
use crate::access::{Can, Permission, leads::Assign, leads::Move, leads::Read, leads::SetInterest};
use crate::db::{Part, Tx};
use crate::error::Result;
use crate::resources::lead_containers::Container;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Beyond this, a job does not count how many leads it will touch.
const COUNTED: i64 = 100_000;

/// How many leads match and are within reach, up to [`COUNTED`].
pub async fn count<P: Permission>(can: &Can<P>, filters: impl FnOnce(&mut Part)) -> Result<i64> {
    let count = can
        .sql("select count(*) from (select l.id from leads l where {within} and {visible} {filters} limit $1) as x")
        .bind(COUNTED)
        .fill("{within}", can.within(&SHAPE))
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", filters);
    Ok(count.optional(can.reader()).await?.unwrap_or(0))
}

/// The ids of the next leads that match and are within reach.
pub async fn next<P: Permission>(
    can: &Can<P>,
    (after, position): (Uuid, &'static str),
    most: usize,
    filters: impl FnOnce(&mut Part),
) -> Result<Vec<Uuid>> {
    can.sql("select l.id from leads l where {within} and {visible} and {order} > $1 {filters} order by {order} limit $2")
        .fill_text("{order}", position)
        .bind(after)
        .bind(most as i64)
        .fill("{within}", can.within(&SHAPE))
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", filters)
        .all(can.reader())
        .await
}

/// Those of these leads that match and are within reach in this transaction.
pub async fn those<P: Permission>(
    can: &Can<P>,
    tx: &mut Tx,
    ids: &[Uuid],
    filters: impl FnOnce(&mut Part),
) -> Result<Vec<Lead>> {
    can.sql(
        "select {columns} from leads l where {within} and {visible} and l.id in ({ids}) {filters} order by l.id",
    )
    .fill_list("{ids}", ids)
    .fill("{within}", can.within(&SHAPE))
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", filters)
    .all(tx)
    .await
}

/// How many leads that the caller sees have each of these addresses.
pub async fn how_many(
    can: &Can<Move>,
    tx: &mut Tx,
    emails: &[String],
    in_campaigns: bool,
) -> Result<Vec<(String, i64)>> {
    can.sql("select l.email, count(*) from leads l where {visible} and l.email in ({emails}) {filters} group by l.email")
        .fill_list("{emails}", emails)
        .fill("{visible}", can.sees::<Read>(&SHAPE))
        .fill("{filters}", |out| {
            if in_campaigns {
                out.push(" and l.campaign_id is not null");
            }
        })
        .all(tx)
        .await
}

/// Puts leads into another campaign or list. They become active, unless the address bounced or the person unsubscribed.
pub async fn place(
    can: &Can<Move>,
    tx: &mut Tx,
    to: Container,
    ids: &[Uuid],
    (assigned_to, reset): (Option<Uuid>, bool),
) -> Result<u64> {
    can.sql(
        "update leads set campaign_id = $1, list_id = $2, status = case when status in (-1, -2) then status else 1 end, \
         subsequence_id = null, timestamp_updated = $3, assigned_to = coalesce($4, assigned_to), \
         lt_interest_status = case when $5 then null else lt_interest_status end, \
         timestamp_last_interest_change = case when $5 and lt_interest_status is not null then $3 \
         else timestamp_last_interest_change end where workspace_id = {here} and id in ({ids})",
    )
    .bind(to.campaign())
    .bind(to.list())
    .bind(can.now())
    .bind(assigned_to)
    .bind(reset)
    .fill_list("{ids}", ids)
    .run(tx)
    .await
}

/// Writes what is known about the addresses of new copies, which an insert leaves out.
pub async fn set_facts(can: &Can<Move>, tx: &mut Tx, copies: &[Lead]) -> Result<()> {
    let mut alike: BTreeMap<[Option<i64>; 4], Vec<Uuid>> = BTreeMap::new();
    for copy in copies {
        let known = &copy.engagement;
        let facts = [known.verification_status, known.enrichment_status, known.esp_code, known.esg_code];
        if facts.iter().any(Option::is_some) {
            alike.entry(facts).or_default().push(copy.id);
        }
    }
    for ([verification, enrichment, esp, esg], ids) in alike {
        can.sql(
            "update leads set verification_status = $1, enrichment_status = $2, esp_code = $3, esg_code = $4 \
             where workspace_id = {here} and id in ({ids})",
        )
        .bind(verification)
        .bind(enrichment)
        .bind(esp)
        .bind(esg)
        .fill_list("{ids}", &ids)
        .run(&mut *tx)
        .await?;
    }
    Ok(())
}

pub async fn assign(can: &Can<Assign>, tx: &mut Tx, user: Uuid, ids: &[Uuid]) -> Result<u64> {
    can.sql(
        "update leads set assigned_to = $1, timestamp_updated = $2 where workspace_id = {here} and id in ({ids})",
    )
    .bind(user)
    .bind(can.now())
    .fill_list("{ids}", ids)
    .run(tx)
    .await
}

/// A lead that matches and that the caller sees, and whether it is within reach. One within reach comes first.
pub async fn nearest<P: Permission>(
    can: &Can<P>,
    tx: &mut Tx,
    filters: impl FnOnce(&mut Part),
) -> Result<Option<(Uuid, bool)>> {
    can.sql("select l.id, {within} from leads l where {visible} {filters} order by 2 desc, l.id limit 1")
        .fill("{within}", can.reaches::<P>(&SHAPE))
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", filters)
        .optional(tx)
        .await
}

pub async fn set_interest(
    can: &Can<SetInterest>,
    tx: &mut Tx,
    value: Option<i64>,
    ids: &[Uuid],
) -> Result<u64> {
    can.sql(
        "update leads set lt_interest_status = $1, timestamp_last_interest_change = $2, timestamp_updated = $2 \
         where workspace_id = {here} and id in ({ids})",
    )
    .bind(value)
    .bind(can.now())
    .fill_list("{ids}", ids)
    .run(tx)
    .await
}
