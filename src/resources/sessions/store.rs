//! The SQL of sessions. They are the user's; what is said of them is said to their user alone.

use super::Session;
use crate::access::{Caller, LoginPolicy, Method};
use crate::db::{Record, Row, Source, Tx, sql};
use crate::error::Result;
use crate::resources::sign_in::store::here;
use crate::time::Time;
use uuid::Uuid;

impl Record for Session {
    const COLUMNS: &'static str = "s.id, s.workspace_id, w.name, s.device, s.ip_address, s.method, s.second_factor, \
         s.timestamp_created, s.last_seen_at";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Session {
            id: row.take()?,
            current: false,
            workspace_id: row.take()?,
            workspace_name: row.take()?,
            device: row.take()?,
            ip_address: row.take()?,
            method: Method::parse(&row.take::<String>()?),
            second_factor: row.take()?,
            timestamp_created: row.take()?,
            last_seen_at: row.take()?,
        })
    }
}

/// The newest hundred, without those that wait for a second factor.
pub async fn all(from: impl Into<Source<'_>>, user: Uuid, now: Time) -> Result<Vec<Session>> {
    let found =
        sql("select {columns}, w.login_policy from sessions s join workspaces w on w.id = s.workspace_id \
         where s.user_id = $1 and s.stage <> 'factor' order by s.id desc limit 100")
        .bind(user)
        .all::<(Session, Policy)>(from);
    let live = |(session, Policy(policy)): (Session, Policy)| {
        (policy.ends(session.last_seen_at, session.timestamp_created) > now).then_some(session)
    };
    Ok(found.await?.into_iter().filter_map(live).collect())
}

struct Policy(LoginPolicy);

impl Record for Policy {
    const COLUMNS: &'static str = "";
    fn read(row: &mut Row) -> Result<Self> {
        let policy = row.take::<Option<crate::db::Json<_>>>()?;
        Ok(Policy(policy.map(|crate::db::Json(policy)| policy).unwrap_or_default()))
    }
}

pub async fn find(from: impl Into<Source<'_>>, user: Uuid, id: Uuid) -> Result<Option<Session>> {
    sql("select {columns} from sessions s join workspaces w on w.id = s.workspace_id \
         where s.user_id = $1 and s.id = $2")
    .bind(user)
    .bind(id)
    .optional(from)
    .await
}

pub async fn end(tx: &mut Tx, user: Uuid, id: Uuid) -> Result<u64> {
    sql("delete from sessions where user_id = $1 and id = $2").bind(user).bind(id).run(tx).await
}

/// All of a person's, but one that may be kept.
pub async fn end_others(tx: &mut Tx, user: Uuid, keep: Option<Uuid>) -> Result<u64> {
    sql("delete from sessions where user_id = $1 and id <> coalesce($2, user_id)")
        .bind(user)
        .bind(keep)
        .run(tx)
        .await
}

/// Everybody's that act in the workspace; and those that were begun before now and act elsewhere do not come back.
pub async fn end_of_workspace(can: &Caller, tx: &mut Tx) -> Result<u64> {
    sql("update workspaces set sessions_from = $2 where id = $1")
        .bind(can.workspace())
        .bind(can.now())
        .run(&mut *tx)
        .await?;
    sql("delete from sessions where workspace_id = $1").bind(can.workspace()).run(tx).await
}

/// Whether the session has shown a second factor, which may have been all that it lacked.
pub async fn has_shown_factor(tx: &mut Tx, user: Uuid, id: Uuid, shown: bool) -> Result<u64> {
    sql("update sessions set second_factor = $3, stage = 'whole' where user_id = $1 and id = $2")
        .bind(user)
        .bind(id)
        .bind(shown)
        .run(tx)
        .await
}

/// The same session under a new token.
pub async fn renew(tx: &mut Tx, user: Uuid, id: Uuid, hash: &str) -> Result<u64> {
    sql("update sessions set hash = $3 where user_id = $1 and id = $2")
        .bind(user)
        .bind(id)
        .bind(hash)
        .run(tx)
        .await
}

/// And its person has shown who he is.
pub async fn shown_again(
    tx: &mut Tx,
    user: Uuid,
    id: Uuid,
    hash: &str,
    second_factor: bool,
    now: Time,
) -> Result<u64> {
    sql("update sessions set hash = $3, second_factor = $4, authenticated_at = $5, last_seen_at = $5 \
         where user_id = $1 and id = $2")
    .bind(user)
    .bind(id)
    .bind(hash)
    .bind(second_factor)
    .bind(now)
    .run(tx)
    .await
}

/// Whether a session, as old as it is, goes on in another workspace.
pub async fn would_live(
    can: &Caller,
    user: Uuid,
    id: Uuid,
    workspace: Uuid,
    policy: &LoginPolicy,
) -> Result<bool> {
    let found = sql("select s.timestamp_created, s.last_seen_at, coalesce(s.timestamp_created < \
         (select w.sessions_from from workspaces w where w.id = $3), false) \
         from sessions s where s.user_id = $1 and s.id = $2")
    .bind(user)
    .bind(id)
    .bind(workspace)
    .optional::<((Time, Time), bool)>(can.reader());
    Ok(found.await?.is_some_and(|((created, seen), ended)| !ended && policy.ends(seen, created) > can.now()))
}

/// One row, if the session is still there.
pub async fn act_in(tx: &mut Tx, user: Uuid, id: Uuid, workspace: Uuid) -> Result<u64> {
    let moved = sql("update sessions set workspace_id = $3 where user_id = $1 and id = $2")
        .bind(user)
        .bind(id)
        .bind(workspace)
        .run(&mut *tx)
        .await?;
    here(tx, user, workspace).await?;
    Ok(moved)
}

pub async fn password_hash(from: impl Into<Source<'_>>, user: Uuid) -> Result<Option<String>> {
    let stored = sql("select password_hash from users where id = $1 and password_hash is not null");
    stored.bind(user).optional(from).await
}
