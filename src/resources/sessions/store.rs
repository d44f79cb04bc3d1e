//! The SQL of sessions. A session belongs to its user, and only they see it.

pub mod waiting;

use super::Session;
use crate::access::{Across, Caller, LoginPolicy, Method, Stage, across};
use crate::db::{Json, Record, Row, Source, Tx};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

fn server_wide() -> Across {
    across("A session belongs to its user, and can move to another of their workspaces.")
}

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
    let found = server_wide()
        .unfenced_sql(
            "select {columns}, w.login_policy from sessions s join workspaces w on w.id = s.workspace_id \
             where s.user_id = $1 and s.stage <> 'factor' order by s.id desc limit 100",
        )
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
        let policy = row.take::<Option<Json<_>>>()?;
        Ok(Policy(policy.map(|Json(policy)| policy).unwrap_or_default()))
    }
}

pub async fn find(from: impl Into<Source<'_>>, user: Uuid, id: Uuid) -> Result<Option<Session>> {
    server_wide()
        .unfenced_sql(
            "select {columns} from sessions s join workspaces w on w.id = s.workspace_id \
             where s.user_id = $1 and s.id = $2",
        )
        .bind(user)
        .bind(id)
        .optional(from)
        .await
}

pub async fn end(tx: &mut Tx, user: Uuid, id: Uuid) -> Result<u64> {
    server_wide()
        .unfenced_sql("delete from sessions where user_id = $1 and id = $2")
        .bind(user)
        .bind(id)
        .run(tx)
        .await
}

/// Ends the sessions of a user, except one.
pub async fn end_of_user(tx: &mut Tx, user: Uuid, except: Option<Uuid>) -> Result<u64> {
    server_wide()
        .unfenced_sql("delete from sessions where user_id = $1 and id <> coalesce($2, user_id)")
        .bind(user)
        .bind(except)
        .run(tx)
        .await
}

/// Ends the sessions of a member who leaves the caller's workspace.
pub async fn end_in_workspace(can: &Caller, tx: &mut Tx, user: Uuid) -> Result<u64> {
    can.sql("delete from sessions where workspace_id = {here} and user_id = $1").bind(user).run(tx).await
}

/// How many sessions a user has in the caller's workspace.
pub async fn count_in_workspace(can: &Caller, from: impl Into<Source<'_>>, user: Uuid) -> Result<i64> {
    let count = can.sql("select count(*) from sessions where workspace_id = {here} and user_id = $1");
    Ok(count.bind(user).optional(from).await?.unwrap_or(0))
}

/// Ends every session in the workspace. Sessions elsewhere that started before now cannot switch back to it.
pub async fn end_of_workspace(can: &Caller, tx: &mut Tx) -> Result<u64> {
    can.sql("update workspaces set sessions_from = $1 where id = {here}")
        .bind(can.now())
        .run(&mut *tx)
        .await?;
    can.sql("delete from sessions where workspace_id = {here}").run(tx).await
}

/// The session has shown a second factor. That may have been all that it lacked.
pub async fn note_factor(tx: &mut Tx, user: Uuid, id: Uuid) -> Result<u64> {
    set_factor(tx, user, id, true).await
}

/// The person has no second factor any more.
pub async fn forget_factor(tx: &mut Tx, user: Uuid, id: Uuid) -> Result<u64> {
    set_factor(tx, user, id, false).await
}

async fn set_factor(tx: &mut Tx, user: Uuid, id: Uuid, shown: bool) -> Result<u64> {
    server_wide()
        .unfenced_sql(
            "update sessions set second_factor = $3, stage = 'whole' where user_id = $1 and id = $2",
        )
        .bind(user)
        .bind(id)
        .bind(shown)
        .run(tx)
        .await
}

/// Gives a session a new token.
pub async fn renew(tx: &mut Tx, user: Uuid, id: Uuid, hash: &str) -> Result<u64> {
    server_wide()
        .unfenced_sql("update sessions set hash = $3 where user_id = $1 and id = $2")
        .bind(user)
        .bind(id)
        .bind(hash)
        .run(tx)
        .await
}

/// A session whose person has proven again who they are.
pub struct Reauthenticated<'a> {
    pub user: Uuid,
    pub id: Uuid,
    /// The hash of its new token.
    pub hash: &'a str,
    pub second_factor: bool,
}

pub async fn reauthenticated(tx: &mut Tx, session: &Reauthenticated<'_>, now: Time) -> Result<u64> {
    server_wide()
        .unfenced_sql(
            "update sessions set hash = $3, second_factor = $4, authenticated_at = $5, last_seen_at = $5 \
             where user_id = $1 and id = $2",
        )
        .bind(session.user)
        .bind(session.id)
        .bind(session.hash)
        .bind(session.second_factor)
        .bind(now)
        .run(tx)
        .await
}

/// Whether another workspace would accept a session of this age.
pub async fn would_live(
    can: &Caller,
    user: Uuid,
    id: Uuid,
    workspace: Uuid,
    policy: &LoginPolicy,
) -> Result<bool> {
    let found = server_wide()
        .unfenced_sql(
            "select s.timestamp_created, s.last_seen_at, coalesce(s.timestamp_created < \
             (select w.sessions_from from workspaces w where w.id = $3), false) from sessions s \
             where s.user_id = $1 and s.id = $2",
        )
        .bind(user)
        .bind(id)
        .bind(workspace)
        .optional::<((Time, Time), bool)>(can.reader());
    Ok(found.await?.is_some_and(|((created, seen), ended)| !ended && policy.ends(seen, created) > can.now()))
}

/// Moves a session to the caller's workspace. One row, if the session still exists.
pub async fn act_in(can: &Caller, tx: &mut Tx, user: Uuid, id: Uuid) -> Result<u64> {
    can.sql("update sessions set workspace_id = {here} where user_id = $1 and id = $2")
        .bind(user)
        .bind(id)
        .run(tx)
        .await
}

/// A session to be, in the workspace of the caller.
pub struct StartedSession {
    /// The hash of its token.
    pub hash: String,
    pub user: Uuid,
    pub id: Uuid,
    pub stage: Stage,
    pub method: Method,
    pub second_factor: bool,
}

pub async fn insert(can: &Caller, tx: &mut Tx, new: &StartedSession) -> Result<u64> {
    can.sql(
        "insert into sessions (hash, user_id, id, workspace_id, stage, method, second_factor, device, \
         ip_address, authenticated_at, last_seen_at, timestamp_created) \
         values ($1, $2, $3, {here}, $4, $5, $6, $7, $8, $9, $9, $9)",
    )
    .bind(&new.hash)
    .bind(new.user)
    .bind(new.id)
    .bind(new.stage.name())
    .bind(new.method.name())
    .bind(new.second_factor)
    .bind(can.origin().user_agent.clone())
    .bind(can.origin().address_text())
    .bind(can.now())
    .run(tx)
    .await
}
