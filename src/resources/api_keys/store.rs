//! The SQL of API keys. A revoked key stays, for the auditor; no finder shows it.

pub mod of_member;

use super::{ApiKey, Bound, Minted, SHAPE, Scope};
use crate::access::{Caller, Can, Ceiling, Permission, Role};
use crate::db::{Json, Record, Row, Source, Tx, sql};
use crate::error::{Error, Result};
use crate::http::Paging;
use crate::time::Time;
use uuid::Uuid;

/// How long a key lives that nobody asked for: the first of a person, or of a workspace.
pub const FIRST: i64 = 30 * Time::DAY;

/// Fills `{maker}` behind `api_keys k`: the member who made it, of this workspace or of the admin workspace.
const MAKER: &str = "left join members m on m.id = k.created_by and m.workspace_id in (k.workspace_id, \
     coalesce((select l.workspace_id from group_links l where l.id = k.link_id), k.workspace_id)) \
     left join users u on u.id = m.user_id";

impl Record for ApiKey {
    const COLUMNS: &'static str = "k.id, k.name, k.scopes, k.redacted, k.workspace_id, k.timestamp_created, \
         k.timestamp_updated, k.personal, k.expires_at, k.allowed_ips, k.tag_limit, k.ceiling, \
         k.created_by, k.last_used_at, u.first_name || ' ' || u.last_name, m.email";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(ApiKey {
            id: row.take()?,
            name: row.take()?,
            scopes: row.take::<Json<Vec<Scope>>>()?.0,
            key: row.take()?,
            organization_id: row.take()?,
            timestamp_created: row.take()?,
            timestamp_updated: row.take()?,
            personal: row.take()?,
            expires_at: row.take()?,
            allowed_ips: row.take::<Option<Json<_>>>()?.map(|Json(list)| list),
            tag_limit: {
                let own = row.take::<Option<Json<_>>>()?.map(|Json(list)| list);
                shown_limit(own, &row.take::<Json<Ceiling>>()?.0)
            },
            created_by: row.take()?,
            last_used_at: row.take()?,
            created_by_name: row.take::<Option<String>>()?.map(|name| name.trim().to_owned()),
            created_by_email: row.take()?,
        })
    }
}

/// The tags within every limit of a key: its own, and those that it has from its maker.
pub fn shown_limit(own: Option<Vec<Uuid>>, ceiling: &Ceiling) -> Option<Vec<Uuid>> {
    let limits = own.into_iter().chain(ceiling.limits.iter().cloned());
    limits.reduce(|shared, limit| shared.into_iter().filter(|tag| limit.contains(tag)).collect())
}

pub async fn list<P: Permission>(can: &Can<P>, paging: &Paging) -> Result<Vec<ApiKey>> {
    sql("select {columns} from api_keys k {maker} \
         where k.id < $1 and k.revoked_at is null and {visible} order by k.id desc limit $2")
    .fill_text("{maker}", MAKER)
    .bind(paging.before())
    .bind(paging.limit())
    .fill("{visible}", can.visible(&SHAPE))
    .all(can.reader())
    .await
}

pub async fn find<P: Permission>(can: &Can<P>, from: impl Into<Source<'_>>, id: Uuid) -> Result<ApiKey> {
    let found = sql("select {columns}, {within} from api_keys k {maker} \
         where k.id = $1 and k.revoked_at is null and {visible}")
    .fill_text("{maker}", MAKER)
    .bind(id)
    .fill("{within}", can.within(&SHAPE))
    .fill("{visible}", can.visible(&SHAPE))
    .optional(from);
    can.admit(found.await?)
}

/// When a key that the caller may see was revoked; none for one that was not.
pub async fn revoked_at<P: Permission>(can: &Can<P>, tx: &mut Tx, id: Uuid) -> Result<Option<Time>> {
    sql("select k.revoked_at from api_keys k where k.id = $1 and k.revoked_at is not null and {visible}")
        .bind(id)
        .fill("{visible}", can.visible(&SHAPE))
        .optional(tx)
        .await
}

/// The one just made, with who made it.
pub async fn inserted(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<ApiKey> {
    let found = sql("select {columns} from api_keys k {maker} where k.workspace_id = $1 and k.id = $2")
        .fill_text("{maker}", MAKER)
        .bind(can.workspace())
        .bind(id);
    found.optional(tx).await?.ok_or_else(Error::hidden)
}

/// The key and the look-up of its hash; `key.key` must be the redacted one here.
pub async fn insert(tx: &mut Tx, key: &ApiKey, bound: &Bound, secret: &Minted) -> Result<()> {
    sql("insert into api_keys (workspace_id, id, name, redacted, scopes, personal, member_id, created_by, \
         tag_limit, allowed_ips, ceiling_role, ceiling, expires_at, timestamp_created, timestamp_updated, link_id) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15)")
    .bind(key.organization_id)
    .bind(key.id)
    .bind(&key.name)
    .bind(secret.0.redacted())
    .bind(Json::value(&key.scopes))
    .bind(key.personal)
    .bind(bound.member)
    .bind(key.created_by)
    .bind(key.tag_limit.as_ref().map(Json::value))
    .bind(key.allowed_ips.as_ref().map(Json::value))
    .bind(bound.role.map(str::to_owned))
    .bind(Json::value(&bound.ceiling))
    .bind(key.expires_at)
    .bind(key.timestamp_created)
    .bind(bound.link)
    .run(&mut *tx)
    .await?;
    sql("insert into credentials (hash, workspace_id, kind, id) values ($1, $2, 'key', $3)")
        .bind(secret.hash())
        .bind(key.organization_id)
        .bind(key.id)
        .run(tx)
        .await
        .map(drop)
}

/// What of a person's name stands in the name of their first key.
const PERSON: usize = 200;

/// A first key is named after its person, so that an admin knows whose key to revoke.
pub async fn first_name(tx: &mut Tx, workspace: Uuid, member: Uuid) -> Result<String> {
    let person =
        sql("select coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), m.email) from members m \
         join users u on u.id = m.user_id where m.workspace_id = $1 and m.id = $2")
        .bind(workspace)
        .bind(member);
    let person: Option<String> = person.optional(tx).await?;
    let person: String = person.unwrap_or_default().chars().take(PERSON).collect();
    Ok(format!("{person}'s first key"))
}

/// The personal key with which a member begins.
pub async fn insert_first(
    can: &Caller,
    tx: &mut Tx,
    workspace: Uuid,
    member: Uuid,
    secret: &Minted,
) -> Result<()> {
    let name = first_name(tx, workspace, member).await?;
    insert_personal(can, tx, workspace, member, (&name, Some(can.now().plus(FIRST))), secret).await
}

/// An `all:all` key bound to a member: for the first steps, and from the command line.
pub async fn insert_personal(
    can: &Caller,
    tx: &mut Tx,
    workspace: Uuid,
    member: Uuid,
    (name, expires_at): (&str, Option<Time>),
    secret: &Minted,
) -> Result<()> {
    let key = ApiKey {
        id: can.new_id(),
        name: name.to_owned(),
        scopes: vec![Scope("all:all".to_owned())],
        key: secret.0.redacted(),
        organization_id: workspace,
        timestamp_created: can.now(),
        timestamp_updated: can.now(),
        personal: true,
        expires_at,
        allowed_ips: None,
        tag_limit: None,
        created_by: Some(member),
        created_by_name: None,
        created_by_email: None,
        last_used_at: None,
    };
    // Of a workspace that is made just now, no link is.
    let link = can.link().filter(|_| workspace == can.workspace());
    let ceiling = Ceiling { origins: can.own_ceiling().origins.clone(), ..Ceiling::default() };
    insert(tx, &key, &Bound { member: Some(member), role: None, ceiling, link }, secret).await
}

pub async fn revoke(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<u64> {
    sql("update api_keys set revoked_at = $3, timestamp_updated = $3 where workspace_id = $1 and id = $2")
        .bind(can.workspace())
        .bind(id)
        .bind(can.now())
        .run(tx)
        .await
}

/// When the ownership passes on, what the old owner's keys could do in his name they can no more.
pub async fn lower_ceilings(can: &Caller, tx: &mut Tx, from: Role, to: Role) -> Result<()> {
    sql("update api_keys set ceiling_role = $3 where workspace_id = $1 and ceiling_role = $2")
        .bind(can.workspace())
        .bind(from.name())
        .bind(to.name())
        .run(tx)
        .await
        .map(drop)
}

/// Those that were made through a link to an admin workspace; how many that were.
pub async fn revoke_made_through(there: &Caller, tx: &mut Tx, link: Uuid) -> Result<u64> {
    sql("update api_keys set revoked_at = $3, timestamp_updated = $3 \
         where workspace_id = $1 and link_id = $2 and revoked_at is null")
    .bind(there.workspace())
    .bind(link)
    .bind(there.now())
    .run(tx)
    .await
}
