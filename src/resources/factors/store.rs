//! The SQL of second factors. They are the user's, in whatever workspace he acts.

use super::{Factor, PASSKEY, RECOVERY_CODE, TOTP, recovery_hash};
use crate::app::App;
use crate::db::{Reader, Source, Tx, record, sql};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;
use webauthn_rs::prelude::Passkey;

record! { Factor { id, kind, name, sealed, confirmed, last_step, timestamp_created, last_used_at } }

pub async fn all(from: impl Into<Source<'_>>, user: Uuid) -> Result<Vec<Factor>> {
    sql("select {columns} from factors where user_id = $1 order by id").bind(user).all(from).await
}

/// The app that is enrolled, or the one that is still to be confirmed.
pub async fn totp(from: impl Into<Source<'_>>, user: Uuid, confirmed: bool) -> Result<Option<Factor>> {
    sql("select {columns} from factors where user_id = $1 and kind = 'totp' and confirmed = $2")
        .bind(user)
        .bind(confirmed)
        .optional(from)
        .await
}

/// What can be shown as a second factor; nothing without a factor.
pub async fn kinds(from: impl Into<Source<'_>>, user: Uuid) -> Result<Vec<String>> {
    let kinds = sql("select kind from factors where user_id = $1 and confirmed \
         union all select 'recovery_code' from recovery_codes where user_id = $1")
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
    sql("insert into factors (user_id, id, kind, name, sealed, confirmed, timestamp_created) \
         values ($1, $2, $3, $4, $5, $6, $7)")
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
    sql("delete from factors where user_id = $1 and not confirmed").bind(user).run(tx).await
}

pub async fn delete(tx: &mut Tx, user: Uuid, id: Uuid) -> Result<u64> {
    sql("delete from factors where user_id = $1 and id = $2").bind(user).bind(id).run(tx).await
}

/// By a code, whose step counts from then on no more.
pub async fn confirm(tx: &mut Tx, user: Uuid, id: Uuid, step: i64) -> Result<u64> {
    sql("update factors set confirmed = true, last_step = $3 where user_id = $1 and id = $2 and not confirmed")
        .bind(user)
        .bind(id)
        .bind(step)
        .run(tx)
        .await
}

/// One row, if neither this step nor a later one was used before.
pub async fn use_step(tx: &mut Tx, user: Uuid, id: Uuid, step: i64, now: Time) -> Result<u64> {
    sql("update factors set last_step = $3, last_used_at = $4 \
         where user_id = $1 and id = $2 and confirmed and last_step < $3")
    .bind(user)
    .bind(id)
    .bind(step)
    .bind(now)
    .run(tx)
    .await
}

pub async fn use_passkey(tx: &mut Tx, user: Uuid, factor: &Factor, now: Time) -> Result<u64> {
    sql("update factors set sealed = $3, last_used_at = $4 where user_id = $1 and id = $2")
        .bind(user)
        .bind(factor.id)
        .bind(&factor.sealed)
        .bind(now)
        .run(tx)
        .await
}

pub async fn use_recovery(tx: &mut Tx, user: Uuid, hash: &str) -> Result<u64> {
    sql("delete from recovery_codes where user_id = $1 and hash = $2").bind(user).bind(hash).run(tx).await
}

/// Those before are void.
pub async fn replace_codes(tx: &mut Tx, user: Uuid, codes: &[String]) -> Result<()> {
    sql("delete from recovery_codes where user_id = $1").bind(user).run(&mut *tx).await?;
    for code in codes {
        let new = sql("insert into recovery_codes (user_id, hash) values ($1, $2)");
        new.bind(user).bind(recovery_hash(code)).run(&mut *tx).await?;
    }
    Ok(())
}

pub async fn codes_left(from: impl Into<Source<'_>>, user: Uuid) -> Result<i64> {
    let left = sql("select count(*) from recovery_codes where user_id = $1").bind(user).optional(from);
    Ok(left.await?.unwrap_or(0))
}

pub async fn password_is_long(tx: &mut Tx, user: Uuid) -> Result<bool> {
    let long =
        sql("select password_is_long and password_hash is not null from users where id = $1").bind(user);
    Ok(long.optional(tx).await?.unwrap_or(false))
}

pub async fn name(from: impl Into<Source<'_>>, user: Uuid) -> Result<String> {
    let name =
        sql("select first_name || ' ' || last_name from users where id = $1").bind(user).optional(from);
    Ok(name.await?.unwrap_or_default())
}
