//! The SQL of second factors. They belong to the user, in all their workspaces.

use super::{Code, Factor, PASSKEY, RECOVERY_CODE, TOTP};
use crate::access::{Across, across};
use crate::app::App;
use crate::db::{Reader, Source, Tx, record};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;
use webauthn_rs::prelude::Passkey;

fn server_wide() -> Across {
    across("A second factor belongs to a user, and a user belongs to no workspace.")
}

record! { Factor { id, kind, name, sealed, confirmed, last_step, timestamp_created, last_used_at } }

pub async fn all(from: impl Into<Source<'_>>, user: Uuid) -> Result<Vec<Factor>> {
    server_wide()
        .unfenced_sql("select {columns} from factors where user_id = $1 order by id")
        .bind(user)
        .all(from)
        .await
}

/// The authenticator app that is enrolled.
pub async fn enrolled_app(from: impl Into<Source<'_>>, user: Uuid) -> Result<Option<Factor>> {
    app(from, user, true).await
}

/// The authenticator app that waits for its first code.
pub async fn waiting_app(from: impl Into<Source<'_>>, user: Uuid) -> Result<Option<Factor>> {
    app(from, user, false).await
}

async fn app(from: impl Into<Source<'_>>, user: Uuid, confirmed: bool) -> Result<Option<Factor>> {
    server_wide()
        .unfenced_sql("select {columns} from factors where user_id = $1 and kind = 'totp' and confirmed = $2")
        .bind(user)
        .bind(confirmed)
        .optional(from)
        .await
}

/// The kinds of second factor that a user can show. Recovery codes count only together with another factor.
pub async fn kinds(from: impl Into<Source<'_>>, user: Uuid) -> Result<Vec<String>> {
    let kinds = server_wide()
        .unfenced_sql(
            "select kind from factors where user_id = $1 and confirmed \
             union all select 'recovery_code' from recovery_codes where user_id = $1",
        )
        .bind(user)
        .all::<String>(from);
    let found = kinds.await?;
    let has = |kind: &str| found.iter().any(|found| found == kind);
    if !has(TOTP) && !has(PASSKEY) {
        return Ok(vec![]);
    }
    Ok([TOTP, PASSKEY, RECOVERY_CODE].into_iter().filter(|kind| has(kind)).map(str::to_owned).collect())
}

pub async fn passkeys(app: &App, from: &Reader, user: Uuid) -> Result<Vec<(Factor, Passkey)>> {
    let factors = all(from, user).await?.into_iter().filter(|factor| factor.kind == PASSKEY);
    factors.map(|factor| factor.passkey(app, user).map(|key| (factor, key))).collect()
}

pub async fn insert(tx: &mut Tx, user: Uuid, factor: &Factor) -> Result<u64> {
    server_wide()
        .unfenced_sql(
            "insert into factors (user_id, id, kind, name, sealed, confirmed, timestamp_created) \
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(user)
        .bind(factor.id)
        .bind(&factor.kind)
        .bind(&factor.name)
        .bind(&factor.sealed)
        .bind(factor.confirmed)
        .bind(factor.timestamp_created)
        .run(tx)
        .await
}

pub async fn drop_unconfirmed(tx: &mut Tx, user: Uuid) -> Result<u64> {
    server_wide()
        .unfenced_sql("delete from factors where user_id = $1 and not confirmed")
        .bind(user)
        .run(tx)
        .await
}

pub async fn delete(tx: &mut Tx, user: Uuid, id: Uuid) -> Result<u64> {
    server_wide()
        .unfenced_sql("delete from factors where user_id = $1 and id = $2")
        .bind(user)
        .bind(id)
        .run(tx)
        .await
}

/// Confirms an authenticator app by the step of a code, which does not count again.
pub async fn confirm(tx: &mut Tx, user: Uuid, id: Uuid, step: i64) -> Result<u64> {
    server_wide()
        .unfenced_sql(
            "update factors set confirmed = true, last_step = $3 where user_id = $1 and id = $2 and not \
             confirmed",
        )
        .bind(user)
        .bind(id)
        .bind(step)
        .run(tx)
        .await
}

/// Whether neither this code nor a later one was used before.
pub async fn use_code(tx: &mut Tx, user: Uuid, code: Code, now: Time) -> Result<bool> {
    let used = server_wide()
        .unfenced_sql(
            "update factors set last_step = $3, last_used_at = $4 \
             where user_id = $1 and id = $2 and confirmed and last_step < $3",
        )
        .bind(user)
        .bind(code.factor)
        .bind(code.step)
        .bind(now)
        .run(tx);
    Ok(used.await? == 1)
}

pub async fn use_passkey(tx: &mut Tx, user: Uuid, factor: &Factor, now: Time) -> Result<u64> {
    server_wide()
        .unfenced_sql("update factors set sealed = $3, last_used_at = $4 where user_id = $1 and id = $2")
        .bind(user)
        .bind(factor.id)
        .bind(&factor.sealed)
        .bind(now)
        .run(tx)
        .await
}

/// Whether the recovery code was not used before.
pub async fn use_recovery_code(tx: &mut Tx, user: Uuid, hash: &str) -> Result<bool> {
    let used = server_wide()
        .unfenced_sql("delete from recovery_codes where user_id = $1 and hash = $2")
        .bind(user)
        .bind(hash);
    Ok(used.run(tx).await? == 1)
}

/// Replaces the hashes of the recovery codes. The former codes no longer work.
pub async fn replace_codes(tx: &mut Tx, user: Uuid, hashes: &[String]) -> Result<()> {
    server_wide()
        .unfenced_sql("delete from recovery_codes where user_id = $1")
        .bind(user)
        .run(&mut *tx)
        .await?;
    for hash in hashes {
        let new = server_wide().unfenced_sql("insert into recovery_codes (user_id, hash) values ($1, $2)");
        new.bind(user).bind(hash).run(&mut *tx).await?;
    }
    Ok(())
}

pub async fn codes_left(from: impl Into<Source<'_>>, user: Uuid) -> Result<i64> {
    let left = server_wide()
        .unfenced_sql("select count(*) from recovery_codes where user_id = $1")
        .bind(user)
        .optional(from);
    Ok(left.await?.unwrap_or(0))
}

/// Removes all second factors and recovery codes of a user.
pub async fn delete_all(tx: &mut Tx, user: Uuid) -> Result<()> {
    for gone in [
        server_wide().unfenced_sql("delete from factors where user_id = $1"),
        server_wide().unfenced_sql("delete from recovery_codes where user_id = $1"),
    ] {
        gone.bind(user).run(&mut *tx).await?;
    }
    Ok(())
}

/// Remembers that a challenge was answered. No row if it was answered before.
pub async fn insert_challenge(tx: &mut Tx, id: Uuid, expires_at: Time) -> Result<u64> {
    server_wide()
        .unfenced_sql("insert into challenges (id, expires_at) values ($1, $2) on conflict (id) do nothing")
        .bind(id)
        .bind(expires_at)
        .run(tx)
        .await
}
