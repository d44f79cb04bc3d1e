//! The SQL of login policies.

use super::Ways;
use crate::access::{Caller, LoginPolicy};
use crate::db::{Json, Source, Tx, record};
use crate::error::{Error, Result};

record! { Ways {
    member_id = "m.id", email = "m.email", has_password = "u.password_hash is not null",
    has_passkey = "exists (select 1 from factors f where f.user_id = u.id and f.kind = 'passkey' and f.confirmed)",
    has_factor = "exists (select 1 from factors f where f.user_id = u.id and f.confirmed)",
    last_address = "(select s.ip_address from sessions s where s.user_id = u.id and s.workspace_id = m.workspace_id \
         and s.stage <> 'factor' order by s.id desc limit 1)"
} }

pub async fn current(can: &Caller, from: impl Into<Source<'_>>) -> Result<LoginPolicy> {
    let stored =
        can.sql("select login_policy from workspaces where id = {here} and login_policy is not null");
    let stored: Option<serde_json::Value> = stored.optional(from).await?;
    stored
        .map_or(Ok(LoginPolicy::default()), |policy| serde_json::from_value(policy).map_err(Error::internal))
}

pub async fn set(can: &Caller, tx: &mut Tx, policy: &LoginPolicy) -> Result<u64> {
    can.sql("update workspaces set login_policy = $1, timestamp_updated = $2 where id = {here}")
        .bind(Json::value(policy))
        .bind(can.now())
        .run(tx)
        .await
}

/// How the accepted members can sign in; 10,000 at most.
pub async fn ways(can: &Caller, from: impl Into<Source<'_>>) -> Result<Vec<Ways>> {
    can.sql(
        "select {columns} from members m join users u on u.id = m.user_id \
         where m.workspace_id = {here} and m.accepted order by m.id limit 10000",
    )
    .all(from)
    .await
}
