use super::SHAPE;
use crate::access::custom_tags::Read;
use crate::access::{Caller, STEP, Step, accounts as account, campaigns as campaign};
use crate::db::{Part, Source, Tx};
use crate::error::{Error, Result};
use crate::resources::{accounts, campaigns};
use uuid::Uuid;

/// Refuses ids in a body that are not tags which the caller sees.
pub async fn known<'a>(can: &Caller, from: impl Into<Source<'a>>, field: &str, ids: &[Uuid]) -> Result<()> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    let count = can
        .sql("select count(*) from custom_tags t where t.id in ({ids}) and {visible}")
        .fill_list("{ids}", &ids)
        .fill("{visible}", can.sees::<Read>(&SHAPE));
    match count.optional::<i64>(from).await? == Some(ids.len() as i64) {
        true => Ok(()),
        false => Err(Error::invalid(format!("body/{field} must be ids of tags in this workspace"))),
    }
}

/// How many campaigns and sending accounts that the caller sees carry each of these tags.
pub async fn carried(can: &Caller, ids: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
    if ids.is_empty() {
        return Ok(vec![]);
    }
    can.sql(
        "select m.tag_id, count(*) from custom_tag_mappings m \
         left join campaigns c on c.workspace_id = m.workspace_id and c.id = m.resource_id \
         left join accounts a on a.workspace_id = m.workspace_id and a.id = m.resource_id \
         where m.workspace_id = {here} and m.tag_id in ({ids}) and ({visible} or {accounts}) group by m.tag_id",
    )
    .fill_list("{ids}", ids)
    .fill("{visible}", can.sees::<campaign::Read>(&campaigns::SHAPE))
    .fill("{accounts}", can.sees::<account::Read>(&accounts::SHAPE))
    .all(can.reader())
    .await
}

/// Which of the ids still are tags.
pub async fn existing(can: &Caller, tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    can.sql("select id from custom_tags where workspace_id = {here} and id in ({ids}) order by id")
        .fill_list("{ids}", ids)
        .all(tx)
        .await
}

/// Whether another tag has this label.
pub async fn taken(can: &Caller, tx: &mut Tx, label: &str, but: Uuid) -> Result<bool> {
    let taken = can
        .sql("select id from custom_tags where workspace_id = {here} and search = $1 and id <> $2")
        .bind(label.to_lowercase())
        .bind(but)
        .optional::<Uuid>(tx);
    Ok(taken.await?.is_some())
}

/// Removes a tag from one step of the campaigns and accounts that have it. Returns their number.
pub async fn unmap_some(can: &Caller, tx: &mut Tx, tag: Uuid) -> Result<u64> {
    can.sql(
        "delete from custom_tag_mappings where workspace_id = {here} and id in \
         (select m.id from custom_tag_mappings m where m.workspace_id = {here} and m.tag_id = $1 limit $2)",
    )
    .bind(tag)
    .bind(STEP as i64)
    .run(tx)
    .await
}

/// Mappings of one statement.
const ROWS: usize = 128;

/// Adds tags to campaigns or accounts. A mapping that exists already stays.
pub async fn map(can: &Caller, tx: &mut Tx, tags: &[Uuid], (kind, resources): (i64, &[Uuid])) -> Result<()> {
    let pairs: Vec<(Uuid, Uuid)> =
        tags.iter().flat_map(|tag| resources.iter().map(move |resource| (*tag, *resource))).collect();
    for some in pairs.chunks(ROWS) {
        let padded = some.iter().chain(some.last().into_iter().cycle());
        can.sql(
            "insert into custom_tag_mappings \
             (workspace_id, id, tag_id, resource_type, resource_id, timestamp_created) values {rows} \
             on conflict (workspace_id, resource_id, tag_id) do nothing",
        )
        // Padded to a power of two, so that there are few texts. Inserting the last pair again does nothing.
        .rows(padded.take(some.len().next_power_of_two()), |(tag, resource), out| {
            out.push(", ").bind(can.new_id()).push(", ").bind(*tag).push(", ").bind(kind);
            out.push(", ").bind(*resource).push(", ").bind(can.now());
        })
        .run(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Removes all tags from a record that is about to be deleted.
pub async fn unmap_all(can: &Caller, tx: &mut Tx, resource: Uuid) -> Result<u64> {
    can.sql("delete from custom_tag_mappings where workspace_id = {here} and resource_id = $1")
        .bind(resource)
        .run(tx)
        .await
}

/// Removes tags from campaigns and accounts.
pub async fn unmap(can: &Caller, tx: &mut Tx, tags: &[Uuid], resources: &[Uuid]) -> Result<u64> {
    can.sql(
        "delete from custom_tag_mappings \
         where workspace_id = {here} and tag_id in ({tags}) and resource_id in ({resources})",
    )
    .fill_list("{tags}", tags)
    .fill_list("{resources}", resources)
    .run(tx)
    .await
}

/// A limited caller's new records carry the tags that put them inside every limit.
pub async fn of_limit(can: &Caller, tx: &mut Tx, action: &str) -> Result<Vec<Uuid>> {
    let limits = can.tag_limits();
    let Some((first, rest)) = limits.split_first() else { return Ok(vec![]) };
    let shared: Vec<Uuid> =
        first.iter().copied().filter(|tag| rest.iter().all(|limit| limit.contains(tag))).collect();
    let wanted = if shared.is_empty() { limits.concat() } else { shared };
    let tags = existing(can, tx, &wanted).await?;
    let inside = limits.iter().all(|limit| limit.iter().any(|tag| tags.contains(tag)));
    match inside {
        true => Ok(tags),
        false => Err(Error::refused(
            Step::Reach,
            format!("reach: `{action}` would make a record outside your tag limit, whose tags are gone"),
        )),
    }
}

/// A condition on tags: they are on one of these campaigns and accounts, which the caller sees.
pub fn is_on(can: &Caller, ids: &[Uuid], out: &mut Part) {
    out.push(
        " and t.id in (select m.tag_id from custom_tag_mappings m \
         left join campaigns c on c.workspace_id = m.workspace_id and c.id = m.resource_id \
         left join accounts a on a.workspace_id = m.workspace_id and a.id = m.resource_id \
         where m.resource_id in (",
    );
    out.list(ids).push(") and (");
    can.sees::<campaign::Read>(&campaigns::SHAPE)(out);
    out.push(" or ");
    can.sees::<account::Read>(&accounts::SHAPE)(out);
    out.push("))");
}
