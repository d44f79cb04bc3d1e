//! The SQL of custom roles that does not follow from their description.

use super::preview::Having;
use super::{MOST, WorkspaceRole};
use crate::access::{Caller, Role};
use crate::db::{Source, Tx, record};
use crate::error::Result;
use uuid::Uuid;

record! { Having { id, email, accepted } }

pub async fn count(can: &Caller, tx: &mut Tx) -> Result<i64> {
    let all = can.sql("select count(*) from roles where workspace_id = {here}").optional(tx);
    Ok(all.await?.unwrap_or(0))
}

pub async fn by_name(can: &Caller, tx: &mut Tx, name: &str) -> Result<Option<WorkspaceRole>> {
    can.sql("select {columns} from roles r where r.workspace_id = {here} and r.name = $1")
        .bind(name)
        .optional(tx)
        .await
}

/// All roles of the workspace, by name.
pub async fn all(can: &Caller, from: impl Into<Source<'_>>) -> Result<Vec<WorkspaceRole>> {
    can.sql("select {columns} from roles r where r.workspace_id = {here} order by r.name limit $1")
        .bind(MOST)
        .all(from)
        .await
}

/// The members and invitations with a role.
pub async fn having(can: &Caller, role: Uuid, most: i64) -> Result<Vec<Having>> {
    can.sql("select {columns} from members where workspace_id = {here} and role_id = $1 order by id limit $2")
        .bind(role)
        .bind(most)
        .all(can.reader())
        .await
}

/// The users with a role.
pub async fn users(can: &Caller, tx: &mut Tx, role: Uuid) -> Result<Vec<Uuid>> {
    can.sql(
        "select user_id from members where workspace_id = {here} and role_id = $1 and accepted order by id",
    )
    .bind(role)
    .all(tx)
    .await
}

/// Gives all who have a role another one.
pub async fn replace(can: &Caller, tx: &mut Tx, role: Uuid, base: Role, custom: Option<Uuid>) -> Result<u64> {
    can.sql("update members set role = $2, role_id = $3 where workspace_id = {here} and role_id = $1")
        .bind(role)
        .bind(base.name())
        .bind(custom)
        .run(tx)
        .await
}
