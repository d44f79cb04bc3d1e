//! The SQL of searching leads, and of deleting many.

use super::super::list::ListLeads;
use super::super::{Lead, SHAPE};
use crate::access::{Caller, Can, Near, leads::Delete, leads::Export, leads::Read};
use crate::db::Tx;
use crate::error::Result;
use crate::resources::lead_containers::Container;
use uuid::Uuid;

pub async fn list(can: &Can<Read>, wanted: &ListLeads) -> Result<Vec<Lead>> {
    let (after, position) = (wanted.after()?, wanted.position());
    can.list_by::<Lead>(position, wanted.limit(), |out| {
        out.push(" and ").push(position).push(" > ").bind(after);
        wanted.condition(can.now(), out);
    })
    .all(can.reader())
    .await
}

/// How near these leads are to the caller.
pub async fn near(can: &Caller, ids: &[Uuid]) -> Result<Vec<(Uuid, Near)>> {
    can.sql("select l.id, {near} from leads l where l.id in ({ids}) and {visible}")
        .fill_list("{ids}", ids)
        .fill("{near}", can.near(&SHAPE))
        .fill("{visible}", can.sees::<Read>(&SHAPE))
        .all(can.reader())
        .await
}

/// The oldest lead of each address.
pub async fn contacts(can: &Can<Read>, wanted: &ListLeads) -> Result<Vec<Lead>> {
    can.sql(
        "select {columns} from leads l join (select o.id, o.workspace_id from (select l.id, l.workspace_id, l.email, \
         row_number() over (partition by l.email order by l.id) as place from leads l \
         where l.email > $1 and {visible} {filters}) as o where o.place = 1 order by o.email limit $2) as d \
         on d.workspace_id = l.workspace_id and d.id = l.id order by l.email",
    )
    .bind(wanted.after_contact())
    .bind(wanted.limit())
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", |out| wanted.condition(can.now(), out))
    .all(can.reader())
    .await
}

/// A page of the leads that an export reaches, in the order of their ids.
pub async fn exported(
    can: &Can<Export>,
    (campaign, list): (Option<Uuid>, Option<Uuid>),
    after: Uuid,
    limit: i64,
) -> Result<Vec<Lead>> {
    can.list_by::<Lead>("l.id", limit, |out| {
        out.push(" and l.id > ").bind(after).push(" and ");
        can.within(&SHAPE)(out);
        out.given(campaign, " and l.campaign_id = ", "");
        out.given(list, " and l.list_id = ", "");
    })
    .all(can.reader())
    .await
}

/// Leads of one campaign or list to delete.
pub struct Matching<'a> {
    pub container: Container,
    pub status: Option<i64>,
    pub ids: Option<&'a [Uuid]>,
}

/// Deletes the next ones, in the order of their ids.
pub async fn delete_matching(
    can: &Can<Delete>,
    tx: &mut Tx,
    matching: &Matching<'_>,
    after: Uuid,
    most: u64,
) -> Result<Vec<Uuid>> {
    can.sql(
        "delete from leads where workspace_id = {here} and id in (select l.id from leads l \
         where {within} and {visible} and l.id > $1 {filters} order by l.id limit $2) returning id",
    )
    .bind(after)
    .bind(most as i64)
    .fill("{within}", can.within(&SHAPE))
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", |out| {
        out.given(matching.container.campaign(), " and l.campaign_id = ", "");
        out.given(matching.container.list(), " and l.list_id = ", "");
        out.given(matching.status, " and l.status = ", "");
        out.given_list(matching.ids, " and l.id in (", ")");
    })
    .all(tx)
    .await
}
