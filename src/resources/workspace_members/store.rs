//! The SQL of members.

use super::{KeyMade, Name, SHAPE, WorkspaceMember};
use crate::access::{Caller, Can, Permission, Role};
use crate::db::{Json, Record, Row, Source, Tx, record, sql};
use crate::error::{Error, Result};
use crate::http::{Paging, pattern};
use crate::resources::accounts::{self, LeftBehind};
use crate::time::Time;
use uuid::Uuid;

impl Record for WorkspaceMember {
    const COLUMNS: &'static str = "m.id, m.workspace_id, m.email, m.user_id, u.email, m.nickname, \
         u.first_name, u.last_name, m.role, m.accepted, m.issuer_id, m.permissions, m.timestamp_created, \
         m.tag_limit, exists (select 1 from factors f where f.user_id = m.user_id and f.confirmed)";
    fn read(row: &mut Row) -> Result<Self> {
        let (id, workspace_id, email, user_id) = (row.take()?, row.take()?, row.take()?, row.take()?);
        let (user_email, nickname) = (row.take()?, row.take()?);
        let (first, last): (Option<String>, Option<String>) = (row.take()?, row.take()?);
        let role: String = row.take()?;
        Ok(WorkspaceMember {
            id,
            workspace_id,
            email,
            user_id,
            user_email,
            nickname,
            name: first.zip(last).map(|(first, last)| Name { first, last }),
            role: Role::parse(&role).ok_or_else(|| Error::internal(format!("unknown role `{role}`")))?,
            accepted: row.take()?,
            issuer_id: row.take()?,
            permissions: row.take::<Option<Json<_>>>()?.map(|Json(list)| list),
            timestamp_created: row.take()?,
            tag_limit: row.take::<Option<Json<_>>>()?.map(|Json(list)| list),
            second_factor: row.take()?,
            invitation_url: None,
            accounts: None,
            keys_made: None,
        })
    }
}
record! { KeyMade { id, name, workspace_id } }

pub async fn list<P: Permission>(
    can: &Can<P>,
    paging: &Paging,
    accepted: Option<bool>,
    search: Option<&str>,
) -> Result<Vec<WorkspaceMember>> {
    let search = search.map(pattern);
    sql("select {columns} from members m left join users u on u.id = m.user_id \
         where m.id < $1 and {visible} {filters} order by m.id desc limit $2")
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

pub async fn find<P: Permission>(
    can: &Can<P>,
    from: impl Into<Source<'_>>,
    id: Uuid,
) -> Result<WorkspaceMember> {
    let found = sql("select {columns}, {within} from members m left join users u on u.id = m.user_id \
         where m.id = $1 and {visible}")
    .bind(id)
    .fill("{within}", can.within(&SHAPE))
    .fill("{visible}", can.visible(&SHAPE))
    .optional(from);
    can.admit(found.await?)
}

/// What an inviter writes; pending, without a user.
pub async fn insert(can: &Caller, tx: &mut Tx, member: &WorkspaceMember, expires: Time) -> Result<u64> {
    sql("insert into members (workspace_id, id, user_id, email, nickname, role, permissions, tag_limit, \
         accepted, issuer_id, invitation_expires_at, search, timestamp_created, link_id) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, false, $9, $10, $4, $11, $12)")
    .bind(can.workspace())
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
    .run(tx)
    .await
}

/// A person who is a member at once: the first of a workspace, by its maker or the operator.
pub struct Person<'a> {
    pub user: Uuid,
    pub email: &'a str,
    pub role: Role,
}

pub async fn insert_accepted(can: &Caller, tx: &mut Tx, workspace: Uuid, who: &Person<'_>) -> Result<Uuid> {
    let id = can.new_id();
    sql("insert into members (workspace_id, id, user_id, email, role, accepted, search, timestamp_created) \
         values ($1, $2, $3, $4, $5, true, $4, $6)")
    .bind(workspace)
    .bind(id)
    .bind(who.user)
    .bind(who.email)
    .bind(who.role.name())
    .bind(can.now())
    .run(tx)
    .await?;
    Ok(id)
}

pub async fn update(can: &Caller, tx: &mut Tx, member: &WorkspaceMember) -> Result<u64> {
    sql("update members set nickname = $3, role = $4, tag_limit = $5 where workspace_id = $1 and id = $2")
        .bind(can.workspace())
        .bind(member.id)
        .bind(member.nickname.clone())
        .bind(member.role.name())
        .bind(member.tag_limit.as_ref().map(Json::value))
        .run(tx)
        .await
}

/// With the member go its personal keys, its open invitation and its hold on sending accounts; what that leaves behind.
pub async fn delete(can: &Caller, tx: &mut Tx, member: &WorkspaceMember) -> Result<LeftBehind> {
    let id = member.id;
    sql("update api_keys set revoked_at = coalesce(revoked_at, $3) \
         where workspace_id = $1 and member_id = $2 and personal")
    .bind(can.workspace())
    .bind(id)
    .bind(can.now())
    .run(&mut *tx)
    .await?;
    sql("delete from sessions where workspace_id = $1 and user_id = $2")
        .bind(can.workspace())
        .bind(member.user_id)
        .run(&mut *tx)
        .await?;
    let accounts = accounts::unassign(can, tx, id).await?;
    super::invitation::close(can, tx, id, &member.email).await?;
    let gone = sql("delete from members where workspace_id = $1 and id = $2").bind(can.workspace()).bind(id);
    gone.run(&mut *tx).await?;
    let taken_off_campaigns = accounts::settle(can, tx, member.user_id).await?;
    Ok(LeftBehind { unassigned_accounts: accounts, taken_off_campaigns })
}

/// The live workspace keys that a member has made, also by other keys and in sub-workspaces.
pub async fn keys_made(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<Vec<KeyMade>> {
    sql("select {columns} from api_keys where (workspace_id = $1 or workspace_id in (select l.sub_workspace_id \
         from group_links l where l.workspace_id = $1 and l.status = 'accepted')) and created_by = $2 \
         and not personal and revoked_at is null and coalesce(expires_at > $3, true) order by id")
    .bind(can.workspace())
    .bind(id)
    .bind(can.now())
    .all(tx)
    .await
}

pub async fn revoke_keys_made(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<u64> {
    sql("update api_keys set revoked_at = $3 where (workspace_id = $1 or workspace_id in \
         (select l.sub_workspace_id from group_links l where l.workspace_id = $1 and l.status = 'accepted')) \
         and created_by = $2 and not personal and revoked_at is null")
    .bind(can.workspace())
    .bind(id)
    .bind(can.now())
    .run(tx)
    .await
}

/// By member id or user id.
pub async fn accepted_by_id(can: &Caller, from: impl Into<Source<'_>>, id: Uuid) -> Result<Option<Uuid>> {
    sql("select id from members where workspace_id = $1 and (id = $2 or user_id = $2) and accepted")
        .bind(can.workspace())
        .bind(id)
        .optional(from)
        .await
}

pub async fn accepted_by_email(
    can: &Caller,
    from: impl Into<Source<'_>>,
    email: &str,
) -> Result<Option<Uuid>> {
    sql("select id from members where workspace_id = $1 and email = $2 and accepted")
        .bind(can.workspace())
        .bind(email)
        .optional(from)
        .await
}

/// A member as others name them.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    pub member: Uuid,
    pub user: Uuid,
}
record! { Named { member = "id", user = "user_id" } }

/// By member id, user id or e-mail address.
pub async fn accepted(can: &Caller, from: impl Into<Source<'_>>, who: &str) -> Result<Option<Named>> {
    let found = match who.parse::<Uuid>() {
        Ok(id) => sql("select {columns} from members \
             where workspace_id = $1 and (id = $2 or user_id = $2) and accepted")
        .bind(can.workspace())
        .bind(id),
        Err(_) => sql("select {columns} from members where workspace_id = $1 and email = $2 and accepted")
            .bind(can.workspace())
            .bind(super::address(who)),
    };
    found.optional(from).await
}

pub async fn is_owner(can: &Caller, from: impl Into<Source<'_>>, id: Uuid) -> Result<bool> {
    let owner = sql("select id from members where workspace_id = $1 and id = $2 and role = 'owner'")
        .bind(can.workspace())
        .bind(id)
        .optional::<Uuid>(from);
    Ok(owner.await?.is_some())
}

pub async fn step_down(can: &Caller, tx: &mut Tx, to: Role) -> Result<u64> {
    sql("update members set role = $2 where workspace_id = $1 and role = 'owner'")
        .bind(can.workspace())
        .bind(to.name())
        .run(tx)
        .await
}

/// Nothing narrows an owner.
pub async fn step_up(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<u64> {
    // Whatever link he came by, the workspace is his now; his keys of that time are void.
    sql("update api_keys set revoked_at = coalesce(revoked_at, $3) \
         where workspace_id = $1 and member_id = $2 and personal and link_id is not null")
    .bind(can.workspace())
    .bind(id)
    .bind(can.now())
    .run(&mut *tx)
    .await?;
    sql("update members set role = 'owner', tag_limit = null, permissions = null, link_id = null \
         where workspace_id = $1 and id = $2")
    .bind(can.workspace())
    .bind(id)
    .run(tx)
    .await
}

/// Whether an address is a member's or an invitation's already.
pub async fn taken(can: &Caller, tx: &mut Tx, email: &str) -> Result<bool> {
    let taken = sql("select id from members where workspace_id = $1 and email = $2")
        .bind(can.workspace())
        .bind(email)
        .optional::<Uuid>(tx);
    Ok(taken.await?.is_some())
}

/// The full name of a user who gave one.
pub async fn name_of(tx: &mut Tx, user: Uuid) -> Result<Option<String>> {
    let name = sql("select first_name || ' ' || last_name from users where id = $1").bind(user);
    let name: Option<String> = name.optional(tx).await?;
    Ok(name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()))
}

/// How many workspaces a user owns, on the whole server.
pub async fn owned_by(tx: &mut Tx, user: Uuid) -> Result<i64> {
    let owned = sql("select count(*) from users u join members m on m.user_id = u.id \
         where u.id = $1 and m.role = 'owner'");
    Ok(owned.bind(user).optional(tx).await?.unwrap_or(0))
}

/// The address of a workspace's owner.
pub async fn owners_address(tx: &mut Tx, workspace: Uuid) -> Result<Option<String>> {
    let owner = sql("select email from members where workspace_id = $1 and role = 'owner'").bind(workspace);
    owner.optional(tx).await
}

/// Members and invitations that were made through a link to an admin workspace; an owner is his workspace's own.
pub async fn made_through(there: &Caller, tx: &mut Tx, link: Uuid) -> Result<Vec<WorkspaceMember>> {
    sql("select {columns} from members m left join users u on u.id = m.user_id \
         where m.workspace_id = $1 and m.link_id = $2 and m.role <> 'owner' order by m.id")
    .bind(there.workspace())
    .bind(link)
    .all(tx)
    .await
}
