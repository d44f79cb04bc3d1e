//! The SQL of the keys that a member has, or has made.

use crate::access::{Caller, across};
use crate::db::{Source, Tx, record};
use crate::error::Result;
use crate::resources::members::KeyMade;
use crate::time::Time;
use uuid::Uuid;

record! { KeyMade { id, name, workspace_id } }

/// The live workspace keys that a member has made, also with other keys and in sub-workspaces.
pub async fn keys_made(can: &Caller, from: impl Into<Source<'_>>, member: Uuid) -> Result<Vec<KeyMade>> {
    can.sql("select {columns} from api_keys where (workspace_id = {here} or workspace_id in (select l.sub_workspace_id \
         from group_links l where l.workspace_id = {here} and l.status = 'accepted')) and created_by = $1 \
         and not personal and revoked_at is null and coalesce(expires_at > $2, true) order by id")
    .bind(member)
    .bind(can.now())
    .all(from)
    .await
}

pub async fn revoke_keys_made(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<u64> {
    can.sql("update api_keys set revoked_at = $2 where (workspace_id = {here} or workspace_id in \
         (select l.sub_workspace_id from group_links l where l.workspace_id = {here} and l.status = 'accepted')) \
         and created_by = $1 and not personal and revoked_at is null")
    .bind(member)
    .bind(can.now())
    .run(tx)
    .await
}

/// Revokes the personal keys of a member who is removed.
pub async fn revoke_personal(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<u64> {
    can.sql(
        "update api_keys set revoked_at = coalesce(revoked_at, $2) \
         where workspace_id = {here} and member_id = $1 and personal",
    )
    .bind(member)
    .bind(can.now())
    .run(tx)
    .await
}

/// Revokes the personal keys that a member got through the link to an admin workspace.
pub async fn revoke_personal_through_link(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<u64> {
    can.sql(
        "update api_keys set revoked_at = coalesce(revoked_at, $2) \
         where workspace_id = {here} and member_id = $1 and personal and link_id is not null",
    )
    .bind(member)
    .bind(can.now())
    .run(tx)
    .await
}

/// Revokes the personal keys of a user in all their workspaces.
pub async fn revoke_personal_of_user(tx: &mut Tx, user: Uuid, now: Time) -> Result<u64> {
    across("a user has keys in every workspace")
        .unfenced_sql(
            "update api_keys set revoked_at = $2 where personal and revoked_at is null and exists \
         (select 1 from members m where m.workspace_id = api_keys.workspace_id and m.id = api_keys.member_id \
         and m.user_id = $1)",
        )
        .bind(user)
        .bind(now)
        .run(tx)
        .await
}
