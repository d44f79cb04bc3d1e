//! The SQL of warnings about canary keys.

use crate::access::Caller;
use crate::db::Tx;
use crate::error::Result;
use uuid::Uuid;

/// The most addresses to which one warning goes.
const MOST: i64 = 50;

/// The names of the workspace and of the key. None if the key was revoked meanwhile.
pub async fn names(can: &Caller, tx: &mut Tx, key: Uuid) -> Result<Option<(String, String)>> {
    can.sql(
        "select w.name, k.name from api_keys k join workspaces w on w.id = k.workspace_id \
         where k.workspace_id = {here} and k.id = $1 and k.revoked_at is null",
    )
    .bind(key)
    .optional(tx)
    .await
}

/// The addresses of the owner and the admins.
pub async fn managers(can: &Caller, tx: &mut Tx) -> Result<Vec<String>> {
    can.sql(
        "select email from members where workspace_id = {here} and accepted and role in ('owner', 'admin') \
         and role_id is null order by id limit $1",
    )
    .bind(MOST)
    .all(tx)
    .await
}
