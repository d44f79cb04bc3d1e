//! The SQL of signing in.

use super::{Home, second::Pending};
use crate::access::{Caller, LoginPolicy, Method, Stage};
use crate::db::{Json, Record, Row, Source, Tx, record, sql};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

/// Who has an address to sign in with.
#[derive(Clone)]
pub struct User {
    pub id: Uuid,
    pub password_hash: Option<String>,
    pub password_chosen_at: Time,
}
record! { User {
    id, password_hash, password_chosen_at = "coalesce(password_chosen_at, timestamp_created)"
} }

pub async fn user_of(from: impl Into<Source<'_>>, email: &str) -> Result<Option<User>> {
    sql("select {columns} from users where email = $1").bind(email).optional(from).await
}

/// Whether the stored hash is still this one. What it does not tell is noted: whether the password is a long one.
pub async fn has_password(tx: &mut Tx, user: Uuid, hash: &str, long: bool) -> Result<bool> {
    sql("update users set password_is_long = $3 where id = $1 and password_hash = $2 and password_is_long <> $3")
        .bind(user)
        .bind(hash)
        .bind(long)
        .run(&mut *tx)
        .await?;
    let same = sql("select id from users where id = $1 and password_hash = $2").bind(user).bind(hash);
    Ok(same.optional::<Uuid>(tx).await?.is_some())
}

impl Record for Home {
    const COLUMNS: &'static str = "w.id, w.name, w.login_policy";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Home {
            workspace: row.take()?,
            name: row.take()?,
            policy: row.take::<Option<Json<LoginPolicy>>>()?.map(|Json(policy)| policy).unwrap_or_default(),
        })
    }
}

/// Workspaces of which somebody is an accepted member, where he was last first.
pub async fn homes(from: impl Into<Source<'_>>, user: Uuid, now: Time) -> Result<Vec<Home>> {
    sql("select {columns} from users u join members m on m.user_id = u.id and m.accepted \
         join workspaces w on w.id = m.workspace_id \
         where u.id = $1 and coalesce(w.scheduled_for_removal_at > $2, true) \
         order by case when w.id = u.last_workspace_id then 0 else 1 end, m.id limit 1000")
    .bind(user)
    .bind(now)
    .all(from)
    .await
}

/// A session to be.
pub struct New {
    pub hash: String,
    pub user: Uuid,
    pub id: Uuid,
    pub workspace: Uuid,
    pub stage: Stage,
    pub method: Method,
    pub second_factor: bool,
}

pub async fn insert(can: &Caller, tx: &mut Tx, new: &New) -> Result<()> {
    sql("insert into sessions (hash, user_id, id, workspace_id, stage, method, second_factor, device, ip_address, \
         authenticated_at, last_seen_at, timestamp_created) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $10)")
    .bind(&new.hash)
    .bind(new.user)
    .bind(new.id)
    .bind(new.workspace)
    .bind(new.stage.name())
    .bind(new.method.name())
    .bind(new.second_factor)
    .bind(can.origin().user_agent.clone())
    .bind(can.origin().address_text())
    .bind(can.now())
    .run(&mut *tx)
    .await?;
    here(tx, new.user, new.workspace).await
}

/// Where somebody acts is where he begins the next time.
pub async fn here(tx: &mut Tx, user: Uuid, workspace: Uuid) -> Result<()> {
    sql("update users set last_workspace_id = $2 where id = $1 and coalesce(last_workspace_id <> $2, true)")
        .bind(user)
        .bind(workspace)
        .run(tx)
        .await
        .map(drop)
}

impl Record for Pending {
    const COLUMNS: &'static str = "s.hash, s.user_id, s.workspace_id, s.method, \
         coalesce(u.password_chosen_at, u.timestamp_created)";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Pending {
            hash: row.take()?,
            user: row.take()?,
            workspace: row.take()?,
            method: Method::parse(&row.take::<String>()?),
            chosen_at: row.take()?,
        })
    }
}

pub async fn pending(from: impl Into<Source<'_>>, hash: &str, since: Time) -> Result<Option<Pending>> {
    sql("select {columns} from sessions s join users u on u.id = s.user_id \
         where s.hash = $1 and s.stage = 'factor' and s.timestamp_created > $2")
    .bind(hash)
    .bind(since)
    .optional(from)
    .await
}

pub async fn end_pending(tx: &mut Tx, hash: &str) -> Result<u64> {
    sql("delete from sessions where hash = $1 and stage = 'factor'").bind(hash).run(tx).await
}
