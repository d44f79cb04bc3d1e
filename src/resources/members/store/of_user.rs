//! The SQL of a user's memberships.

use crate::access::{Across, Caller, across};
use crate::audit::Membership;
use crate::db::{Tx, record};
use crate::error::Result;
use uuid::Uuid;

fn everywhere() -> Across {
    across("A user can be a member of several workspaces.")
}

/// How many workspaces a user owns, on the whole server.
pub async fn owned_by(tx: &mut Tx, user: Uuid) -> Result<i64> {
    let owned = everywhere().unfenced_sql(
        "select count(*) from users u join members m on m.user_id = u.id \
         where u.id = $1 and m.role = 'owner'",
    );
    Ok(owned.bind(user).optional(tx).await?.unwrap_or(0))
}

/// The address of the member who is this user; none if the user is not an accepted member.
pub async fn address_of_user(can: &Caller, tx: &mut Tx, user: Uuid) -> Result<Option<String>> {
    can.sql("select email from members where workspace_id = {here} and user_id = $1 and accepted")
        .bind(user)
        .optional(tx)
        .await
}

record! { Membership { workspace = "workspace_id", member = "id", role } }

/// Where a user is a member, so that a change to them is recorded there. `email`: only where the member has this address.
pub async fn of_user(tx: &mut Tx, user: Uuid, email: Option<&str>) -> Result<Vec<Membership>> {
    everywhere()
        .unfenced_sql(
            "select {columns} from members where user_id = $1 and workspace_id is not null and accepted \
             and email = coalesce($2, email)",
        )
        .bind(user)
        .bind(email.map(str::to_owned))
        .all(tx)
        .await
}

/// Where a user has personal keys that work.
pub async fn with_personal_keys(tx: &mut Tx, user: Uuid) -> Result<Vec<Membership>> {
    everywhere()
        .unfenced_sql(
            "select {columns} from members where user_id = $1 and exists (select 1 from api_keys k \
             where k.workspace_id = members.workspace_id and k.member_id = members.id and k.personal \
             and k.revoked_at is null)",
        )
        .bind(user)
        .all(tx)
        .await
}

/// Gives the memberships of a user a new address, except where another member or invitation has it already.
pub async fn set_email(tx: &mut Tx, user: Uuid, email: &str) -> Result<u64> {
    everywhere()
        .unfenced_sql(
            "update members set email = $2 where user_id = $1 and accepted and not exists (select 1 \
             from members o where o.workspace_id = members.workspace_id and o.email = $2)",
        )
        .bind(user)
        .bind(email)
        .run(tx)
        .await
}

/// Members are searched by their address and the name of their user.
pub async fn set_search(tx: &mut Tx, user: Uuid, name: &str) -> Result<u64> {
    everywhere()
        .unfenced_sql(
            "update members set search = email || $2 where user_id = $1 and workspace_id is not null \
             and accepted",
        )
        .bind(user)
        .bind(format!(" {name}").to_lowercase())
        .run(tx)
        .await
}
