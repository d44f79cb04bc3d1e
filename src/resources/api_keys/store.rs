//! The SQL of API keys that does not follow from their description.

pub mod canary;
pub mod known;
pub mod of_member;

use super::{Minted, SHAPE, StoredKey, preview::MOST_COUNTED};
use crate::access::{Caller, Can, Permission, Pred, Role, Shape, across};
use crate::db::{Part, Tx};
use crate::error::Result;
use crate::resources::accounts;
use crate::time::Time;
use uuid::Uuid;

/// Stores a key and the look-up of its hash.
pub async fn insert(can: &Caller, tx: &mut Tx, key: &StoredKey, secret: &Minted) -> Result<()> {
    can.insert(tx, key).await?;
    let look_up = match key.canary {
        true => can.sql("insert into canaries (hash, workspace_id, id) values ($1, {here}, $2)"),
        false => {
            can.sql("insert into credentials (hash, workspace_id, kind, id) values ($1, {here}, 'key', $2)")
        }
    };
    look_up.bind(secret.hash()).bind(key.id).run(tx).await.map(drop)
}

/// When a key that the caller sees was revoked, or none if it was not.
pub async fn revoked_at<P: Permission>(can: &Can<P>, tx: &mut Tx, id: Uuid) -> Result<Option<Time>> {
    can.sql("select k.revoked_at from api_keys k where k.id = $1 and k.revoked_at is not null and {visible}")
        .bind(id)
        .fill("{visible}", can.visible(&SHAPE))
        .optional(tx)
        .await
}

/// The records that a predicate contains. Counting stops after [`MOST_COUNTED`].
pub async fn count(can: &Caller, shape: &'static Shape, reached: Pred) -> Result<i64> {
    let counted = can
        .sql("select count(*) from (select {id} from {from} where {visible} limit $1) counted")
        .bind(MOST_COUNTED + 1)
        .fill_text("{id}", shape.id)
        .fill_text("{from}", shape.from)
        .fill("{visible}", reached.condition(*shape));
    Ok(counted.optional(can.reader()).await?.unwrap_or_default())
}

/// The sending accounts that can be used, counted in the same way.
pub async fn count_usable(can: &Caller, seen: Pred, usable: impl FnOnce(&mut Part)) -> Result<i64> {
    let counted = can
        .sql("select count(*) from (select a.id from accounts a where {visible} and {usable} limit $1) counted")
        .bind(MOST_COUNTED + 1)
        .fill("{visible}", seen.condition(accounts::SHAPE))
        .fill("{usable}", usable);
    Ok(counted.optional(can.reader()).await?.unwrap_or_default())
}

pub async fn revoke(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<u64> {
    can.sql(
        "update api_keys set revoked_at = $2, timestamp_updated = $2 where workspace_id = {here} and id = $1",
    )
    .bind(id)
    .bind(can.now())
    .run(tx)
    .await
}

/// Says which key takes over from another, and when the other one expires.
pub async fn replace(can: &Caller, tx: &mut Tx, old: Uuid, new: Uuid, ends: Time) -> Result<u64> {
    can.sql(
        "update api_keys set replaced_by = $2, expires_at = $3, timestamp_updated = $4 \
         where workspace_id = {here} and id = $1",
    )
    .bind(old)
    .bind(new)
    .bind(ends)
    .bind(can.now())
    .run(tx)
    .await
}

/// Lowers the ceilings of the workspace keys that the old owner made, when the ownership changes.
pub async fn lower_ceilings(can: &Caller, tx: &mut Tx, from: Role, to: Role) -> Result<()> {
    can.sql("update api_keys set ceiling_role = $2 where workspace_id = {here} and ceiling_role = $1")
        .bind(from.name())
        .bind(to.name())
        .run(tx)
        .await
        .map(drop)
}

/// Revokes the keys that were made through a link to an admin workspace. Returns their number.
pub async fn revoke_made_through(there: &Caller, tx: &mut Tx, link: Uuid) -> Result<u64> {
    there
        .sql(
            "update api_keys set revoked_at = $2, timestamp_updated = $2 \
             where workspace_id = {here} and link_id = $1 and revoked_at is null",
        )
        .bind(link)
        .bind(there.now())
        .run(tx)
        .await
}

/// Stores the first key of a workspace whose founder calls from another one.
pub async fn insert_elsewhere(tx: &mut Tx, key: &StoredKey, secret: &Minted) -> Result<()> {
    let founding = across("The founder of a workspace calls from another workspace.");
    founding.insert(key.workspace_id, tx, key).await?;
    founding
        .unfenced_sql("insert into credentials (hash, workspace_id, kind, id) values ($1, {here}, 'key', $2)")
        .here(key.workspace_id)
        .bind(secret.hash())
        .bind(key.id)
        .run(tx)
        .await
        .map(drop)
}

/// The name of a person, or the address of the member if the person has no name.
pub async fn name_of(tx: &mut Tx, workspace: Uuid, member: Uuid) -> Result<String> {
    let person = across("The founder of a workspace calls from another workspace.")
        .unfenced_sql(
            "select coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), m.email) from members m \
             join users u on u.id = m.user_id where m.workspace_id = {here} and m.id = $1",
        )
        .here(workspace)
        .bind(member);
    Ok(person.optional(tx).await?.unwrap_or_default())
}
