//! The SQL of tags on campaigns and sending accounts. `custom_tags` writes the mappings.

use super::CustomTagMapping;
use super::selection::Selection;
use crate::access::{Can, Permission, accounts, custom_tags, custom_tags::Toggle};
use crate::db::{Part, Tx};
use crate::error::Result;
use crate::http::Paging;
use crate::resources::{accounts as account, campaigns as campaign, custom_tags as custom_tag};
use uuid::Uuid;

pub async fn list<P: Permission>(
    can: &Can<P>,
    paging: &Paging,
    resources: Option<&[Uuid]>,
) -> Result<Vec<CustomTagMapping>> {
    can.sql(
        "select {columns} from custom_tag_mappings m \
         left join campaigns c on c.workspace_id = m.workspace_id and c.id = m.resource_id \
         left join accounts a on a.workspace_id = m.workspace_id and a.id = m.resource_id \
         join custom_tags t on t.workspace_id = m.workspace_id and t.id = m.tag_id \
         where m.id < $1 and ({visible} or {accounts}) and {tags} {filters} order by m.id desc limit $2",
    )
    .bind(paging.before())
    .bind(paging.limit())
    .fill("{visible}", can.visible(&campaign::SHAPE))
    .fill("{accounts}", can.sees::<accounts::Read>(&account::SHAPE))
    .fill("{tags}", can.sees::<custom_tags::Read>(&custom_tag::SHAPE))
    .fill("{filters}", |out| {
        out.given_list(resources, " and m.resource_id in (", ")");
    })
    .all(can.reader())
    .await
}

/// Each record, and whether it is within reach. None if one is missing.
pub type Among = Option<Vec<(Uuid, bool)>>;

pub async fn campaigns_among(
    can: &Can<Toggle>,
    tx: &mut Tx,
    ids: &[Uuid],
    addresses: &[String],
) -> Result<Among> {
    let found: Vec<(Uuid, bool)> = can
        .sql("select c.id, {within} from campaigns c where c.id in ({ids}) and {visible} order by c.id")
        .fill_list("{ids}", ids)
        .fill("{within}", can.within(&campaign::SHAPE))
        .fill("{visible}", can.visible(&campaign::SHAPE))
        .all(tx)
        .await?;
    Ok((addresses.is_empty() && found.len() == ids.len()).then_some(found))
}

pub async fn accounts_among(
    can: &Can<Toggle>,
    tx: &mut Tx,
    ids: &[Uuid],
    addresses: &[String],
) -> Result<Among> {
    let found: Vec<((Uuid, String), bool)> = can
        .sql(
            "select a.id, a.email, {within} from accounts a \
             where (a.id in ({ids}) or a.email in ({emails})) and {visible} order by a.id",
        )
        .fill_list("{ids}", ids)
        .fill_list("{emails}", addresses)
        .fill("{within}", can.reaches::<accounts::Update>(&account::SHAPE))
        .fill("{visible}", can.sees::<accounts::Read>(&account::SHAPE))
        .all(tx)
        .await?;
    let complete = ids.iter().all(|id| found.iter().any(|((found, _), _)| found == id))
        && addresses.iter().all(|address| found.iter().any(|((_, found), _)| found == address));
    Ok(complete.then(|| found.into_iter().map(|((id, _), within)| (id, within)).collect()))
}

pub async fn accounts_selected(
    can: &Can<Toggle>,
    tx: &mut Tx,
    wanted: &account::Wanted,
    excluded: &[Uuid],
    most: i64,
) -> Result<Vec<Uuid>> {
    can.sql("select a.id from accounts a where {within} and {visible} {filters} order by a.id limit $1")
        .bind(most)
        .fill("{within}", can.reaches::<accounts::Update>(&account::SHAPE))
        .fill("{visible}", can.sees::<accounts::Read>(&account::SHAPE))
        .fill("{filters}", |out| {
            wanted.condition(can)(out);
            except(out, "a.id", excluded);
        })
        .all(tx)
        .await
}

pub async fn campaigns_selected(
    can: &Can<Toggle>,
    tx: &mut Tx,
    selection: &Selection,
    excluded: &[Uuid],
    most: i64,
) -> Result<Vec<Uuid>> {
    can.sql("select c.id from campaigns c where {within} and {visible} {filters} order by c.id limit $1")
        .bind(most)
        .fill("{within}", can.within(&campaign::SHAPE))
        .fill("{visible}", can.visible(&campaign::SHAPE))
        .fill("{filters}", |out| {
            selection.condition()(out);
            except(out, "c.id", excluded);
        })
        .all(tx)
        .await
}

fn except(out: &mut Part, column: &str, excluded: &[Uuid]) {
    if !excluded.is_empty() {
        out.push(" and ").push(column).push(" not in (").list(excluded).push(")");
    }
}

/// Whether one of the tags that the caller sees is on one of the records.
pub async fn is_mapped(can: &Can<Toggle>, tx: &mut Tx, tags: &[Uuid], resources: &[Uuid]) -> Result<bool> {
    let found = can
        .sql(
            "select m.id from custom_tag_mappings m join custom_tags t \
             on t.workspace_id = m.workspace_id and t.id = m.tag_id \
             where m.tag_id in ({tags}) and m.resource_id in ({resources}) and {visible}",
        )
        .fill_list("{tags}", tags)
        .fill_list("{resources}", resources)
        .fill("{visible}", can.sees::<custom_tags::Read>(&custom_tag::SHAPE))
        .optional::<Uuid>(tx);
    Ok(found.await?.is_some())
}
