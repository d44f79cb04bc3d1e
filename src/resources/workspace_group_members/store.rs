//! The SQL of groups. Only the two workspaces of a link find it.

pub mod overview;

use super::{AS_SUB, Invitation, SHAPE, Status, WorkspaceGroupMember};
use crate::access::{Caller, Can, Delegation, Permission, across};
use crate::db::{Json, Record, Row, Source, Tx, record};
use crate::error::{Error, Result};
use crate::http::Paging;
use uuid::Uuid;

const DAY: i64 = 24 * 60 * 60 * 1000;
/// After this time, an invitation without an answer no longer blocks another one.
const LAPSES: i64 = 14 * DAY;

impl Record for WorkspaceGroupMember {
    const COLUMNS: &'static str = "l.id, l.workspace_id, l.sub_workspace_id, l.status, l.timestamp_created, \
         l.timestamp_updated, l.delegation, a.name, \
         (select w.name from workspaces w where w.id = l.sub_workspace_id and l.status = 'accepted'), \
         (select m.email from members m where m.workspace_id = l.sub_workspace_id and m.role = 'owner' \
         and l.status = 'accepted')";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(WorkspaceGroupMember {
            id: row.take()?,
            admin_workspace_id: row.take()?,
            sub_workspace_id: row.take()?,
            status: Status::parse(&row.take::<String>()?),
            timestamp_created: row.take()?,
            timestamp_updated: row.take()?,
            delegation: row.take::<Json<Delegation>>()?.0,
            admin_workspace_name: row.take()?,
            sub_workspace_name: row.take()?,
            email: row.take()?,
            invitation_url: None,
        })
    }
}

record! { Invitation {
    workspace_group_member_id = "l.id", workspace_name = "a.name",
    email = "(select m.email from members m where m.workspace_id = l.workspace_id and m.role = 'owner')"
} }

pub async fn list<P: Permission>(can: &Can<P>, paging: &Paging) -> Result<Vec<WorkspaceGroupMember>> {
    can.sql(
        "select {columns} from group_links l join workspaces a on a.id = l.workspace_id \
         where l.id < $1 and {visible} order by l.id desc limit $2",
    )
    .bind(paging.before())
    .bind(paging.limit())
    .fill("{visible}", can.visible(&SHAPE))
    .all(can.reader())
    .await
}

/// Finds a link from either side.
pub async fn find<P: Permission>(
    can: &Can<P>,
    from: impl Into<Source<'_>>,
    id: Uuid,
) -> Result<WorkspaceGroupMember> {
    let found = can
        .sql(
            "select {columns} from group_links l join workspaces a on a.id = l.workspace_id \
             where l.id = $1 and ({visible} or {within})",
        )
        .bind(id)
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{within}", can.visible(&AS_SUB))
        .optional(from);
    found.await?.ok_or_else(Error::hidden)
}

/// Finds a link from the side of the sub-workspace, which answers.
pub async fn find_as_sub<P: Permission>(can: &Can<P>, tx: &mut Tx, id: Uuid) -> Result<WorkspaceGroupMember> {
    let found = can
        .sql(
            "select {columns} from group_links l join workspaces a on a.id = l.workspace_id \
             where l.id = $1 and {visible}",
        )
        .bind(id)
        .fill("{visible}", can.visible(&AS_SUB))
        .optional(tx);
    found.await?.ok_or_else(Error::hidden)
}

/// The accepted link of the caller's workspace to its admin workspace.
pub async fn own(can: &Caller, from: impl Into<Source<'_>>) -> Result<Option<WorkspaceGroupMember>> {
    can.sql(
        "select {columns} from group_links l join workspaces a on a.id = l.workspace_id \
         where l.sub_workspace_id = {here} and l.status = 'accepted'",
    )
    .optional(from)
    .await
}

/// The invitation that the caller's workspace has not answered yet.
pub async fn invitation(can: &Caller, from: impl Into<Source<'_>>) -> Result<Option<Invitation>> {
    can.sql(
        "select {columns} from group_links l join workspaces a on a.id = l.workspace_id \
         where l.sub_workspace_id = {here} and l.status = 'pending'",
    )
    .optional(from)
    .await
}

/// What a workspace is in groups.
#[derive(Clone, Copy)]
pub struct Standing {
    /// It has accepted to be a sub-workspace.
    pub is_sub: bool,
    pub is_invited: bool,
    /// It has sub-workspaces that have accepted.
    pub is_admin: bool,
}
record! { Standing {
    is_sub = "exists (select 1 from group_links l where l.sub_workspace_id = w.id and l.status = 'accepted')",
    is_invited = "exists (select 1 from group_links l where l.sub_workspace_id = w.id and l.status = 'pending' \
         and l.timestamp_created > $3)",
    is_admin = "exists (select 1 from group_links l where l.workspace_id = w.id and l.status = 'accepted')"
} }

/// None for a workspace that does not exist or is about to be removed.
pub async fn standing(can: &Caller, tx: &mut Tx, workspace: Uuid) -> Result<Option<Standing>> {
    across("A link joins two workspaces, and what each of them is in groups counts.")
        .unfenced_sql(
            "select {columns} from workspaces w where w.id = $1 \
             and coalesce(w.scheduled_for_removal_at > $2, true)",
        )
        .bind(workspace)
        .bind(can.now())
        .bind(can.now().minus(LAPSES))
        .optional(tx)
        .await
}

/// The status of the link from the caller's workspace to another, if it is accepted, still waits, or was rejected within a
/// day.
pub async fn link_to(can: &Caller, tx: &mut Tx, sub: Uuid) -> Result<Option<Status>> {
    let status = can
        .sql(
            "select status from group_links where workspace_id = {here} and sub_workspace_id = $1 \
             and (status = 'accepted' or status = 'pending' and timestamp_created > $2 \
             or status = 'rejected' and timestamp_updated > $3)",
        )
        .bind(sub)
        .bind(can.now().minus(LAPSES))
        .bind(can.now().minus(DAY));
    let status: Option<String> = status.optional(tx).await?;
    Ok(status.as_deref().map(Status::parse))
}

/// The one workspace that a verified address owns; none for an address with several.
pub async fn owned_by(can: &Caller, tx: &mut Tx, email: &str) -> Result<Option<Uuid>> {
    let owned: Vec<Uuid> =
        across("An admin workspace invites another workspace by the address of its owner.")
            .unfenced_sql(
                "select w.id from users u join members m on m.user_id = u.id and m.role = 'owner' \
                 join workspaces w on w.id = m.workspace_id and coalesce(w.scheduled_for_removal_at > $2, true) \
                 where u.email = $1 and u.email_verified limit 2",
            )
            .bind(email)
            .bind(can.now())
            .all(tx)
            .await?;
    Ok(<[Uuid; 1]>::try_from(owned).ok().map(|[only]| only))
}

/// Replaces a link that the other workspace rejected before, and any invitation to it that has lapsed.
pub async fn insert(can: &Caller, tx: &mut Tx, id: Uuid, sub: Uuid) -> Result<u64> {
    across("An invitation that another workspace sent can have lapsed.")
        .unfenced_sql(
            "delete from group_links where sub_workspace_id = $1 and (workspace_id = {here} \
             and status = 'rejected' or status = 'pending' and timestamp_created <= $2)",
        )
        .here(can.workspace())
        .bind(sub)
        .bind(can.now().minus(LAPSES))
        .run(&mut *tx)
        .await?;
    can.sql(
        "insert into group_links (id, workspace_id, sub_workspace_id, status, delegation, \
         timestamp_created, timestamp_updated) values ($1, {here}, $2, 'pending', $3, $4, $4)",
    )
    .bind(id)
    .bind(sub)
    .bind(Json::value(&Delegation::default()))
    .bind(can.now())
    .run(tx)
    .await
}

/// Stores the answer of the sub-workspace, and what it allows its admin workspace.
pub async fn update(can: &Caller, tx: &mut Tx, link: &WorkspaceGroupMember) -> Result<u64> {
    can.sql(
        "update group_links set status = $2, delegation = $3, timestamp_updated = $4, accepted_at = case \
         when $2 = 'accepted' then coalesce(accepted_at, $4) else null end \
         where sub_workspace_id = {here} and id = $1",
    )
    .bind(link.id)
    .bind(link.status.name())
    .bind(Json::value(&link.delegation))
    .bind(link.timestamp_updated)
    .run(tx)
    .await
}

/// Deletes a link of the caller's workspace, from either side.
pub async fn delete(can: &Caller, tx: &mut Tx, link: &WorkspaceGroupMember) -> Result<u64> {
    can.sql(
        "delete from group_links where workspace_id = $1 and id = $2 \
         and (workspace_id = {here} or sub_workspace_id = {here})",
    )
    .bind(link.admin_workspace_id)
    .bind(link.id)
    .run(tx)
    .await
}

/// The sub-workspaces of the caller's workspace that have accepted.
pub async fn subs(can: &Caller, tx: &mut Tx) -> Result<Vec<Uuid>> {
    can.sql(
        "select sub_workspace_id from group_links where workspace_id = {here} \
         and status = 'accepted' order by id",
    )
    .all(tx)
    .await
}
