//! The remaining SQL of suppressions.

use super::BlockListEntry;
use crate::access::Caller;
use crate::db::{Source, Tx};
use crate::error::Result;
use uuid::Uuid;

/// MACs of one statement: a power of two.
const SOME: usize = 512;

/// The entries with these MACs, whose values were not erased.
pub async fn of_macs(can: &Caller, tx: &mut Tx, macs: &[String]) -> Result<Vec<BlockListEntry>> {
    let mut found = Vec::new();
    for some in macs.chunks(SOME) {
        let entries = can
            .sql(
                "select {columns} from suppressions s where s.workspace_id = {here} and s.mac in ({macs}) \
                 and s.kind = 'blocked' and s.value is not null",
            )
            .fill_list("{macs}", some)
            .all(&mut *tx);
        found.extend(entries.await?);
    }
    Ok(found)
}

/// Removes entries whose values were erased, because an entry with the value takes their place.
pub async fn forget_erased(can: &Caller, tx: &mut Tx, macs: &[String]) -> Result<()> {
    for some in macs.chunks(SOME) {
        can.sql(
            "delete from suppressions where workspace_id = {here} and mac in ({macs}) and kind = 'blocked' \
             and value is null",
        )
        .fill_list("{macs}", some)
        .run(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Which of these MACs are suppressed by one of these kinds.
pub async fn suppressed(
    can: &Caller,
    mut from: Source<'_>,
    macs: &[String],
    kinds: &[&str],
) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for some in macs.chunks(SOME) {
        let macs = can
            .sql(
                "select s.mac from suppressions s where s.workspace_id = {here} and s.mac in ({macs}) \
                 and s.kind in ({kinds})",
            )
            .fill_list("{macs}", some)
            .fill_list("{kinds}", kinds)
            .all::<String>(from.again());
        found.extend(macs.await?);
    }
    Ok(found)
}

/// The entries with these ids, which the caller sees.
pub async fn of_ids(can: &Caller, tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<BlockListEntry>> {
    can.sql(
        "select {columns} from suppressions s where s.workspace_id = {here} and s.id in ({ids}) \
         and s.kind = 'blocked' and s.value is not null order by s.id desc",
    )
    .fill_list("{ids}", ids)
    .all(tx)
    .await
}

pub async fn delete(can: &Caller, tx: &mut Tx, ids: &[Uuid]) -> Result<u64> {
    can.sql("delete from suppressions where workspace_id = {here} and id in ({ids}) and kind = 'blocked'")
        .fill_list("{ids}", ids)
        .run(tx)
        .await
}

/// Adds a suppression of an address, unless there is one of the same kind.
pub async fn suppress(
    can: &Caller,
    tx: &mut Tx,
    (mac, value): (&str, Option<String>),
    (kind, source): (&str, &str),
) -> Result<u64> {
    can.sql(
        "insert into suppressions (workspace_id, id, kind, mac, value, is_domain, source, timestamp_created) \
         values ({here}, $1, $2, $3, $4, false, $5, $6) on conflict (workspace_id, mac, kind) do nothing",
    )
    .bind(can.new_id())
    .bind(kind)
    .bind(mac)
    .bind(value)
    .bind(source)
    .bind(can.now())
    .run(tx)
    .await
}
