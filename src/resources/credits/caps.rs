//! What each sub-workspace may spend in a month of its admin workspace's credits. A cap ends with the link.

use super::{Cap, CapPatch, Caps};
use crate::access::{Can, Permission, credits::*};
use crate::audit::{Change, Subject};
use crate::db::{Json, Record, Row, Source, Tx, sql};
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
    sql("select {columns} from group_links l where l.id < $1 and l.status = 'accepted' and {visible} \
         order by l.id desc limit $2")
    .bind(paging.before())
    .bind(paging.limit())
    .fill("{visible}", can.visible(&SHAPE))
    .all(can.reader())
    .await
}

async fn find<P: Permission>(can: &Can<P>, from: impl Into<Source<'_>>, sub: Uuid) -> Result<Cap> {
    let found = sql("select {columns} from group_links l \
         where l.sub_workspace_id = $1 and l.status = 'accepted' and {visible}")
    .bind(sub)
    .fill("{visible}", can.visible(&SHAPE))
    .optional(from);
    let unknown = || Error::invalid("body/sub_workspace_id must be a sub workspace of this workspace");
    found.await?.ok_or_else(unknown)
}

async fn set(can: &Can<SetCaps>, tx: &mut Tx, cap: &Cap) -> Result<u64> {
    sql("update group_links set credit_caps = $3 where workspace_id = $1 and id = $2")
        .bind(can.workspace())
        .bind(cap.id)
        .bind(Json::value(&cap.caps))
        .run(tx)
        .await
}

pub async fn change(can: Can<SetCaps>, patch: CapPatch) -> Result<Cap> {
    if patch.hyper.is_none() && patch.inbox_placement.is_none() {
        return Err(Error::invalid("body must name `hyper` or `inbox_placement`"));
    }
    let changed = can.write(async move |can, tx| {
        let before = find(can, &mut *tx, patch.sub_workspace_id).await?;
        let caps = Caps {
            hyper: patch.hyper.unwrap_or(before.caps.hyper),
            inbox_placement: patch.inbox_placement.unwrap_or(before.caps.inbox_placement),
        };
        let after = Cap { caps, ..before.clone() };
        set(can, tx, &after).await?;
        let subject = Subject::new("workspace_group_member", before.id);
        Ok(Change::updated(subject, &before, after).also_in(before.sub_workspace_id))
    });
    changed.await
}
