//! The SQL of the overview.

use super::super::{SHAPE, WorkspaceGroupMember};
use crate::access::{Can, workspace_group_members::Read};
use crate::db::{Record, Row, record};
use crate::error::Result;
use crate::time::Time;
use std::borrow::Cow;
use uuid::Uuid;

pub struct Entry {
    pub link: WorkspaceGroupMember,
    pub last_activity: Option<Time>,
}

impl Record for Entry {
    const COLUMNS: &'static str = "";
    fn columns() -> Cow<'static, str> {
        let last = "(select g.at from audit_log g where g.workspace_id = l.sub_workspace_id order by g.id desc limit 1)";
        format!("{}, {last}", WorkspaceGroupMember::COLUMNS).into()
    }
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Entry { link: Record::read(row)?, last_activity: row.take()? })
    }
}

pub struct Count {
    pub workspace: Uuid,
    pub kind: String,
    pub status: i64,
    pub number: i64,
}
record! { Count { workspace = "x.workspace", kind = "x.kind", status = "x.status", number = "x.number" } }

/// A page of accepted links.
pub async fn page(can: &Can<Read>, before: Uuid, limit: i64) -> Result<Vec<Entry>> {
    can.sql(
        "select {columns} from group_links l join workspaces a on a.id = l.workspace_id \
         join workspaces s on s.id = l.sub_workspace_id \
         and coalesce(s.scheduled_for_removal_at > $3, true) \
         where l.id < $1 and l.status = 'accepted' and {visible} order by l.id desc limit $2",
    )
    .bind(before)
    .bind(limit)
    .bind(can.now())
    .fill("{visible}", can.visible(&SHAPE))
    .all(can.reader())
    .await
}

/// What the sub-workspaces have, by kind and status.
pub async fn counted(can: &Can<Read>, ids: &[Uuid]) -> Result<Vec<Count>> {
    can.sql(
        "with subs as (select l.sub_workspace_id as id from group_links l \
         where l.status = 'accepted' and l.sub_workspace_id in ({ids}) and {visible}) \
         select {columns} from ( \
         select m.workspace_id as workspace, 'member' as kind, cast(0 as bigint) as status, count(*) as number \
         from subs join members m on m.workspace_id = subs.id where m.accepted group by m.workspace_id \
         union all \
         select c.workspace_id, 'campaign', c.status, count(*) \
         from subs join campaigns c on c.workspace_id = subs.id group by c.workspace_id, c.status \
         union all \
         select a.workspace_id, 'account', a.status, count(*) \
         from subs join accounts a on a.workspace_id = subs.id group by a.workspace_id, a.status \
         union all \
         select k.workspace_id, 'key', cast(0 as bigint), count(*) \
         from subs join api_keys k on k.workspace_id = subs.id \
         where k.revoked_at is null and coalesce(k.expires_at > $1, true) group by k.workspace_id) x",
    )
    .bind(can.now())
    .fill_list("{ids}", ids)
    .fill("{visible}", can.visible(&SHAPE))
    .all(can.reader())
    .await
}
