//! The SQL of tags.

use super::{CustomTag, SHAPE};
use crate::access::{Caller, Can, Permission, STEP, Step, accounts, campaigns, custom_tags::Read};
use crate::db::{Source, Tx, sql};
use crate::error::{Error, Result};
use crate::http::{Paging, pattern};
use crate::resources;
use uuid::Uuid;

pub struct Wanted {
    pub search: Option<String>,
    pub tags: Option<Vec<Uuid>>,
    pub resources: Option<Vec<Uuid>>,
}

/// What a mapping is on.
const ON: &str = "left join campaigns c on c.workspace_id = m.workspace_id and c.id = m.resource_id \
                  left join accounts a on a.workspace_id = m.workspace_id and a.id = m.resource_id";

pub async fn list<P: Permission>(can: &Can<P>, paging: &Paging, wanted: &Wanted) -> Result<Vec<CustomTag>> {
    let search = wanted.search.as_ref().map(|text| pattern(text));
    sql("select {columns} from custom_tags t where t.id < $1 and {visible} {filters} order by t.id desc limit $2")
        .bind(paging.before())
        .bind(paging.limit())
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", |out| {
            out.given(search, " and t.search like ", " escape '\\'");
            out.given_list(wanted.tags.as_deref(), " and t.id in (", ")");
            if let Some(ids) = &wanted.resources {
                out.push(" and t.id in (select m.tag_id from custom_tag_mappings m ").push(ON);
                out.push(" where m.resource_id in (").list(ids).push(") and (");
                can.sees::<campaigns::Read>(&resources::campaigns::SHAPE)(out);
                out.push(" or ");
                can.sees::<accounts::Read>(&resources::accounts::SHAPE)(out);
                out.push("))");
            }
        })
        .all(can.reader())
        .await
}

pub async fn find<P: Permission>(can: &Can<P>, from: impl Into<Source<'_>>, id: Uuid) -> Result<CustomTag> {
    let found = sql("select {columns}, {within} from custom_tags t where t.id = $1 and {visible}")
        .bind(id)
        .fill("{within}", can.within(&SHAPE))
        .fill("{visible}", can.visible(&SHAPE))
        .optional(from);
    can.admit(found.await?)
}

/// Tags that a body names must be tags that the caller sees; foreign and missing ones are refused alike.
pub async fn known(can: &Caller, tx: &mut Tx, field: &str, ids: &[Uuid]) -> Result<()> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    let count = sql("select count(*) from custom_tags t where t.id in ({ids}) and {visible}")
        .fill_list("{ids}", &ids)
        .fill("{visible}", can.sees::<Read>(&SHAPE));
    match count.optional::<i64>(tx).await? == Some(ids.len() as i64) {
        true => Ok(()),
        false => Err(Error::invalid(format!("body/{field} must be ids of tags in this workspace"))),
    }
}

/// Which of the ids are tags still.
pub async fn existing(can: &Caller, tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    sql("select id from custom_tags where workspace_id = $1 and id in ({ids}) order by id")
        .bind(can.workspace())
        .fill_list("{ids}", ids)
        .all(tx)
        .await
}

pub async fn taken(can: &Caller, tx: &mut Tx, label: &str, by_other_than: Uuid) -> Result<bool> {
    let taken = sql("select id from custom_tags where workspace_id = $1 and search = $2 and id <> $3")
        .bind(can.workspace())
        .bind(label.to_lowercase())
        .bind(by_other_than)
        .optional::<Uuid>(tx);
    Ok(taken.await?.is_some())
}

pub async fn insert(tx: &mut Tx, tag: &CustomTag) -> Result<u64> {
    sql("insert into custom_tags (workspace_id, id, label, description, search, timestamp_created, \
         timestamp_updated) values ($1, $2, $3, $4, $5, $6, $6)")
    .bind(tag.organization_id)
    .bind(tag.id)
    .bind(&tag.label)
    .bind(tag.description.clone())
    .bind(tag.label.to_lowercase())
    .bind(tag.timestamp_created)
    .run(tx)
    .await
}

pub async fn update(tx: &mut Tx, tag: &CustomTag) -> Result<u64> {
    sql("update custom_tags set label = $3, description = $4, search = $5, timestamp_updated = $6 \
         where workspace_id = $1 and id = $2")
    .bind(tag.organization_id)
    .bind(tag.id)
    .bind(&tag.label)
    .bind(tag.description.clone())
    .bind(tag.label.to_lowercase())
    .bind(tag.timestamp_updated)
    .run(tx)
    .await
}

/// Takes a tag off one step of the campaigns and accounts that have it; how many those were.
pub async fn unmap_some(can: &Caller, tx: &mut Tx, tag: Uuid) -> Result<u64> {
    sql("delete from custom_tag_mappings where workspace_id = $1 and id in \
         (select m.id from custom_tag_mappings m where m.workspace_id = $1 and m.tag_id = $2 limit $3)")
    .bind(can.workspace())
    .bind(tag)
    .bind(STEP as i64)
    .run(tx)
    .await
}

pub async fn delete(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<u64> {
    sql("delete from custom_tags where workspace_id = $1 and id = $2")
        .bind(can.workspace())
        .bind(id)
        .run(tx)
        .await
}

/// Mappings of one statement.
const ROWS: usize = 128;

/// Puts tags on campaigns or accounts; where they are already, they stay.
pub async fn map(can: &Caller, tx: &mut Tx, tags: &[Uuid], (kind, resources): (i64, &[Uuid])) -> Result<()> {
    let pairs: Vec<(Uuid, Uuid)> =
        tags.iter().flat_map(|tag| resources.iter().map(move |resource| (*tag, *resource))).collect();
    for some in pairs.chunks(ROWS) {
        sql("insert into custom_tag_mappings \
             (workspace_id, id, tag_id, resource_type, resource_id, timestamp_created) values {rows} \
             on conflict (workspace_id, resource_id, tag_id) do nothing")
        .fill("{rows}", |out| {
            // As in `Part::list`, in so many lengths only; the last one once more does nothing.
            let padded = some.iter().chain(some.last().into_iter().cycle());
            for (i, (tag, resource)) in padded.take(some.len().next_power_of_two()).enumerate() {
                out.push(if i > 0 { ", (" } else { "(" }).bind(can.workspace());
                out.push(", ").bind(can.new_id()).push(", ").bind(*tag).push(", ").bind(kind);
                out.push(", ").bind(*resource).push(", ").bind(can.now()).push(")");
            }
        })
        .run(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Takes all tags off what is going.
pub async fn unmap_all(can: &Caller, tx: &mut Tx, resource: Uuid) -> Result<u64> {
    sql("delete from custom_tag_mappings where workspace_id = $1 and resource_id = $2")
        .bind(can.workspace())
        .bind(resource)
        .run(tx)
        .await
}

/// Takes tags off campaigns and accounts.
pub async fn unmap(can: &Caller, tx: &mut Tx, tags: &[Uuid], resources: &[Uuid]) -> Result<u64> {
    sql("delete from custom_tag_mappings \
         where workspace_id = $1 and tag_id in ({tags}) and resource_id in ({resources})")
    .bind(can.workspace())
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
