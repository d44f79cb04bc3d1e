//! The SQL of leads that have the same address.

use super::super::SHAPE;
use crate::access::{Caller, Can, campaigns, lead_lists, leads::Create, leads::Read};
use crate::db::{Tx, record};
use crate::error::Result;
use crate::resources::{campaigns as campaign, lead_lists as lead_list};
use crate::time::Time;
use std::collections::HashMap;
use uuid::Uuid;

/// A lead of the workspace that has an address, whether the caller sees it or not.
pub struct Known {
    pub email: Option<String>,
    pub id: Uuid,
    pub campaign: Option<Uuid>,
    pub list: Option<Uuid>,
    pub assigned_to: Option<Uuid>,
    pub status: i64,
}
record! { Known {
    email = "l.email", id = "l.id", campaign = "l.campaign_id", list = "l.list_id", assigned_to = "l.assigned_to",
    status = "l.status"
} }

impl Known {
    pub fn place(&self) -> (Option<Uuid>, Option<Uuid>) {
        (self.campaign, self.list)
    }
}

/// The leads that have these addresses, oldest first, and whether the caller sees each.
pub async fn known(can: &Can<Create>, tx: &mut Tx, emails: &[String]) -> Result<Vec<(Known, bool)>> {
    // Without an order, which would make SQLite go through all leads in that order.
    let mut known: Vec<(Known, bool)> = can
        .sql(
            "select {columns}, {within} from leads l where l.workspace_id = {here} and l.email in ({emails})",
        )
        .fill_list("{emails}", emails)
        .fill("{within}", can.reaches::<Read>(&SHAPE))
        .all(tx)
        .await?;
    known.sort_by_key(|(lead, _)| lead.id);
    Ok(known)
}

/// Those of these leads that the caller sees.
pub async fn known_by_id(can: &Caller, ids: &[Uuid]) -> Result<Vec<Known>> {
    can.sql("select {columns} from leads l where {visible} and l.id in ({ids})")
        .fill_list("{ids}", ids)
        .fill("{visible}", can.sees::<Read>(&SHAPE))
        .all(can.reader())
        .await
}

/// The address that is this many leads further in the order of addresses. None if there are not so many.
pub async fn end_of_window(can: &Can<Read>, after: &str, leads: i64) -> Result<Option<String>> {
    can.sql(
        "select l.email from leads l where l.workspace_id = {here} and l.email > $1 order by l.email \
         limit 1 offset $2",
    )
    .bind(after.to_owned())
    .bind(leads)
    .optional(can.reader())
    .await
}

/// The next addresses that several leads have, and how many of those leads the caller sees: at least two. The index of
/// addresses finds the addresses, and only their leads are looked at.
pub async fn repeated(
    can: &Can<Read>,
    after: &str,
    until: Option<&String>,
    limit: i64,
) -> Result<Vec<(String, i64)>> {
    can.sql(
        "select x.email, x.leads from (select r.email, (select count(*) from leads l where l.email = r.email \
         and {visible}) as leads from (select d.email from leads d where d.workspace_id = {here} and d.email > $1 \
         {filters} group by d.email having count(*) > 1) as r) as x where x.leads > 1 order by x.email limit $2",
    )
    .bind(after.to_owned())
    .bind(limit)
    .fill("{filters}", |out| {
        out.given(until.cloned(), " and d.email <= ", "");
    })
    .fill("{visible}", can.visible(&SHAPE))
    .all(can.reader())
    .await
}

/// A lead that shares its address with others.
pub struct Twin {
    pub email: String,
    pub id: Uuid,
    pub timestamp_created: Time,
    pub campaign: Option<Uuid>,
    pub list_id: Option<Uuid>,
    pub assigned_to: Option<Uuid>,
    pub uploaded_by_user: Option<Uuid>,
    pub status: i64,
}
record! { Twin {
    email = "l.email", id = "l.id", timestamp_created = "l.timestamp_created", campaign = "l.campaign_id",
    list_id = "l.list_id", assigned_to = "l.assigned_to", uploaded_by_user = "l.uploaded_by_user", status = "l.status"
} }

/// The oldest leads of each of these addresses, as far as the caller sees them.
pub async fn twins(can: &Can<Read>, emails: &[String], of_each: i64) -> Result<Vec<Twin>> {
    can.sql(
        "select {columns} from leads l join (select l.id, l.workspace_id, row_number() over (partition by l.email \
         order by l.id) as place from leads l where l.email in ({emails}) and {visible}) as o \
         on o.workspace_id = l.workspace_id and o.id = l.id where o.place <= $1 order by l.email, l.id",
    )
    .bind(of_each)
    .fill_list("{emails}", emails)
    .fill("{visible}", can.visible(&SHAPE))
    .all(can.reader())
    .await
}

/// The owners of those of these campaigns and lists that the caller sees.
pub async fn owners(
    can: &Can<Read>,
    campaigns: &[Uuid],
    lists: &[Uuid],
) -> Result<HashMap<Uuid, Option<Uuid>>> {
    let mut owners: Vec<(Uuid, Option<Uuid>)> = can
        .sql("select c.id, c.owned_by from campaigns c where c.id in ({ids}) and {visible}")
        .fill_list("{ids}", campaigns)
        .fill("{visible}", can.sees::<campaigns::Read>(&campaign::SHAPE))
        .all(can.reader())
        .await?;
    let lists = can
        .sql("select i.id, i.owned_by from lead_lists i where i.id in ({ids}) and {visible}")
        .fill_list("{ids}", lists)
        .fill("{visible}", can.sees::<lead_lists::Read>(&lead_list::SHAPE));
    owners.extend(lists.all::<(Uuid, Option<Uuid>)>(can.reader()).await?);
    Ok(owners.into_iter().collect())
}
