//! The SQL of the caps that an admin workspace sets for its sub-workspaces. A cap is deleted with the link.

use super::super::{Cap, Caps};
use crate::access::{Can, Permission, credits::*};
use crate::db::{Json, Record, Row, Source, Tx};
use crate::error::{Error, Result};
use crate::http::Paging;
use crate::resources::workspace_group_members::SHAPE;
use uuid::Uuid;

impl Record for Cap {
    const COLUMNS: &'static str = "l.id, l.sub_workspace_id, l.credit_caps";
    fn read(row: &mut Row) -> Result<Self> {
        let (id, sub_workspace_id) = (row.take()?, row.take()?);
        let caps = row.take::<Option<Json<Caps>>>()?;
        Ok(Cap { id, sub_workspace_id, caps: caps.map(|Json(caps)| caps).unwrap_or_default() })
    }
}

pub async fn list(can: &Can<Read>, paging: &Paging) -> Result<Vec<Cap>> {
    can.sql(
        "select {columns} from group_links l where l.id < $1 and l.status = 'accepted' and {visible} \
         order by l.id desc limit $2",
    )
    .bind(paging.before())
    .bind(paging.limit())
    .fill("{visible}", can.visible(&SHAPE))
    .all(can.reader())
    .await
}

pub async fn find<P: Permission>(can: &Can<P>, from: impl Into<Source<'_>>, sub: Uuid) -> Result<Cap> {
    let found = can
        .sql(
            "select {columns} from group_links l \
             where l.sub_workspace_id = $1 and l.status = 'accepted' and {visible}",
        )
        .bind(sub)
        .fill("{visible}", can.visible(&SHAPE))
        .optional(from);
    let unknown = || Error::invalid("body/sub_workspace_id must be a sub workspace of this workspace");
    found.await?.ok_or_else(unknown)
}

pub async fn set(can: &Can<SetCaps>, tx: &mut Tx, cap: &Cap) -> Result<u64> {
    can.sql("update group_links set credit_caps = $2 where workspace_id = {here} and id = $1")
        .bind(cap.id)
        .bind(Json::value(&cap.caps))
        .run(tx)
        .await
}
