//! The SQL of members.

pub mod invitations;
pub mod of_user;

use super::{Name, SHAPE, WorkspaceMember};
use crate::access::{Caller, Can, CustomRole, Permission, Role, across};
use crate::db::{Json, Record, Row, Source, Tx, record};
use crate::error::{Error, Result};
use crate::http::{Paging, address, pattern};
use crate::time::Time;
use uuid::Uuid;

impl Record for WorkspaceMember {
    const COLUMNS: &'static str = "m.id, m.workspace_id, m.email, m.user_id, u.email, m.nickname, \
         u.first_name, u.last_name, m.role, m.accepted, m.issuer_id, m.permissions, m.timestamp_created, \
         m.tag_limit, exists (select 1 from factors f where f.user_id = m.user_id and f.confirmed), m.role_id, \
         (select r.name from roles r where r.workspace_id = m.workspace_id and r.id = m.role_id), \
         (select r.cells from roles r where r.workspace_id = m.workspace_id and r.id = m.role_id)";
    fn read(row: &mut Row) -> Result<Self> {
        let (id, workspace_id, email, user_id) = (row.take()?, row.take()?, row.take()?, row.take()?);
        let (user_email, nickname) = (row.take()?, row.take()?);
        let (first, last): (Option<String>, Option<String>) = (row.take()?, row.take()?);
        let role: String = row.take()?;
        let mut member = WorkspaceMember {
            id,
            workspace_id,
            email,
            user_id,
            user_email,
            nickname,
            name: first.zip(last).map(|(first, last)| Name { first, last }),
            role: Role::parse(&role).ok_or_else(|| Error::internal(format!("unknown role `{role}`")))?,
            custom_role: None,
            accepted: row.take()?,
            issuer_id: row.take()?,
            permissions: row.take::<Option<Json<_>>>()?.map(|Json(list)| list),
            timestamp_created: row.take()?,
            tag_limit: row.take::<Option<Json<_>>>()?.map(|Json(list)| list),
            second_factor: row.take()?,
            invitation_url: None,
            accounts: None,
            keys_made: None,
        };
        let (role, name, cells): (Option<Uuid>, Option<String>, Option<String>) =
            (row.take()?, row.take()?, row.take()?);
        member.custom_role = role.map(|id| CustomRole {
            id,
            name: name.unwrap_or_default(),
            cells: cells.unwrap_or_default().into(),
        });
        Ok(member)
    }
}

pub async fn list<P: Permission>(
    can: &Can<P>,
    paging: &Paging,
    accepted: Option<bool>,
    search: Option<&str>,
) -> Result<Vec<WorkspaceMember>> {
    let search = search.map(pattern);
    can.sql(
        "select {columns} from members m left join users u on u.id = m.user_id \
         where m.id < $1 and {visible} {filters} order by m.id desc limit $2",
    )
    .bind(paging.before())
    .bind(paging.limit())
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", |out| {
        out.given(accepted, " and m.accepted = ", "");
        out.given(search, " and m.search like ", " escape '\\'");
    })
    .all(can.reader())
    .await
}

/// How many accepted members the caller sees, and how many of them are an owner or an admin.
pub async fn count_by_rights<P: Permission>(can: &Can<P>) -> Result<(i64, i64)> {
    let counted = can
        .sql(
            "select count(*), count(case when m.role in ('owner', 'admin') and m.role_id is null then 1 end) \
             from members m where m.accepted and {visible}",
        )
        .fill("{visible}", can.visible(&SHAPE))
        .optional(can.reader())
        .await?;
    Ok(counted.unwrap_or_default())
}

pub async fn find<P: Permission>(
    can: &Can<P>,
    from: impl Into<Source<'_>>,
    id: Uuid,
) -> Result<WorkspaceMember> {
    let found = can
        .sql(
            "select {columns}, {within} from members m left join users u on u.id = m.user_id \
             where m.id = $1 and {visible}",
        )
        .bind(id)
        .fill("{within}", can.within(&SHAPE))
        .fill("{visible}", can.visible(&SHAPE))
        .optional(from);
    can.admit(found.await?)
}

/// Stores an invitation.
pub async fn insert(can: &Caller, tx: &mut Tx, member: &WorkspaceMember, expires: Time) -> Result<u64> {
    can.sql(
        "insert into members (workspace_id, id, user_id, email, nickname, role, permissions, tag_limit, \
         accepted, issuer_id, invitation_expires_at, search, timestamp_created, link_id, role_id) \
         values ({here}, $1, $2, $3, $4, $5, $6, $7, false, $8, $9, $3, $10, $11, $12)",
    )
    .bind(member.id)
    .bind(member.user_id)
    .bind(&member.email)
    .bind(member.nickname.clone())
    .bind(member.role.name())
    .bind(member.permissions.as_ref().map(Json::value))
    .bind(member.tag_limit.as_ref().map(Json::value))
    .bind(member.issuer_id)
    .bind(expires)
    .bind(member.timestamp_created)
    .bind(can.link())
    .bind(member.custom_role.as_ref().map(|role| role.id))
    .run(tx)
    .await
}

/// A person who is a member at once, without an invitation: the owner of a new workspace.
pub struct NewMember<'a> {
    pub workspace: Uuid,
    pub user: Uuid,
    pub email: &'a str,
    pub role: Role,
}

pub async fn insert_accepted(can: &Caller, tx: &mut Tx, new: &NewMember<'_>) -> Result<Uuid> {
    let id = can.new_id();
    across("The founder of a workspace calls from another workspace.")
        .unfenced_sql(
            "insert into members (workspace_id, id, user_id, email, role, accepted, search, \
             timestamp_created) values ({here}, $1, $2, $3, $4, true, $3, $5)",
        )
        .here(new.workspace)
        .bind(id)
        .bind(new.user)
        .bind(new.email)
        .bind(new.role.name())
        .bind(can.now())
        .run(tx)
        .await?;
    Ok(id)
}

pub async fn update(can: &Caller, tx: &mut Tx, member: &WorkspaceMember) -> Result<u64> {
    can.sql(
        "update members set nickname = $2, role = $3, tag_limit = $4, role_id = $5 \
         where workspace_id = {here} and id = $1",
    )
    .bind(member.id)
    .bind(member.nickname.clone())
    .bind(member.role.name())
    .bind(member.tag_limit.as_ref().map(Json::value))
    .bind(member.custom_role.as_ref().map(|role| role.id))
    .run(tx)
    .await
}

pub async fn delete(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<u64> {
    let gone = can.sql("delete from members where workspace_id = {here} and id = $1").bind(id);
    gone.run(tx).await
}

/// By member id or user id.
pub async fn accepted_by_id(can: &Caller, from: impl Into<Source<'_>>, id: Uuid) -> Result<Option<Uuid>> {
    can.sql("select id from members where workspace_id = {here} and (id = $1 or user_id = $1) and accepted")
        .bind(id)
        .optional(from)
        .await
}

pub async fn accepted_by_email(
    can: &Caller,
    from: impl Into<Source<'_>>,
    email: &str,
) -> Result<Option<Uuid>> {
    can.sql("select id from members where workspace_id = {here} and email = $1 and accepted")
        .bind(email)
        .optional(from)
        .await
}

/// The two ids by which others name a member.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    pub member: Uuid,
    pub user: Uuid,
}
record! { Named { member = "id", user = "user_id" } }

/// By member id, user id or e-mail address.
pub async fn accepted(can: &Caller, from: impl Into<Source<'_>>, who: &str) -> Result<Option<Named>> {
    let found = match who.parse::<Uuid>() {
        Ok(id) => can
            .sql(
                "select {columns} from members \
                 where workspace_id = {here} and (id = $1 or user_id = $1) and accepted",
            )
            .bind(id),
        Err(_) => can
            .sql("select {columns} from members where workspace_id = {here} and email = $1 and accepted")
            .bind(address(who)),
    };
    found.optional(from).await
}

pub async fn is_owner(can: &Caller, from: impl Into<Source<'_>>, id: Uuid) -> Result<bool> {
    let owner = can
        .sql("select id from members where workspace_id = {here} and id = $1 and role = 'owner'")
        .bind(id)
        .optional::<Uuid>(from);
    Ok(owner.await?.is_some())
}

pub async fn step_down(can: &Caller, tx: &mut Tx, to: Role) -> Result<u64> {
    can.sql("update members set role = $1 where workspace_id = {here} and role = 'owner'")
        .bind(to.name())
        .run(tx)
        .await
}

/// Makes a member the owner. The workspace is theirs from now on, without a limit and without the link through which
/// they were invited.
pub async fn step_up(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<u64> {
    can.sql(
        "update members set role = 'owner', role_id = null, tag_limit = null, permissions = null, link_id = null \
         where workspace_id = {here} and id = $1",
    )
    .bind(id)
    .run(tx)
    .await
}

/// The addresses of the owner and of another member; `true` marks the latter.
pub async fn owner_and(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<Vec<(bool, String)>> {
    can.sql(
        "select id = $1, email from members \
         where workspace_id = {here} and (id = $1 or role = 'owner')",
    )
    .bind(member)
    .all(tx)
    .await
}

/// Whether a member or an invitation has this address.
pub async fn is_taken(can: &Caller, tx: &mut Tx, email: &str) -> Result<bool> {
    let taken = can
        .sql("select id from members where workspace_id = {here} and email = $1")
        .bind(email)
        .optional::<Uuid>(tx);
    Ok(taken.await?.is_some())
}

/// The address of a workspace's owner.
pub async fn owners_address(tx: &mut Tx, workspace: Uuid) -> Result<Option<String>> {
    across("An admin workspace writes to the owner of a workspace that it invites.")
        .unfenced_sql("select email from members where workspace_id = {here} and role = 'owner'")
        .here(workspace)
        .optional(tx)
        .await
}

/// Members and invitations that were made through a link to an admin workspace, without an owner.
pub async fn made_through(there: &Caller, tx: &mut Tx, link: Uuid) -> Result<Vec<WorkspaceMember>> {
    there
        .sql(
            "select {columns} from members m left join users u on u.id = m.user_id \
             where m.workspace_id = {here} and m.link_id = $1 and m.role <> 'owner' order by m.id",
        )
        .bind(link)
        .all(tx)
        .await
}

/// The member who has just accepted an invitation.
pub async fn joined(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<WorkspaceMember> {
    let member = can
        .sql(
            "select {columns} from members m left join users u on u.id = m.user_id \
             where m.workspace_id = {here} and m.id = $1",
        )
        .bind(id);
    member.optional(tx).await?.ok_or_else(Error::hidden)
}
