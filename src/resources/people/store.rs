//! The SQL of people. A user is in no workspace; what is changed here is one's own, or what a mailed link is for.

use super::{Profile, choose::Chosen};
use crate::access::Caller;
use crate::audit::Membership;
use crate::db::{Source, Tx, record, sql};
use crate::error::{Error, Result};
use crate::jobs::outbox;
use crate::mail::letters::{self, Notice};
use crate::resources::sign_in;
use crate::time::Time;
use uuid::Uuid;

record! { Membership { workspace = "workspace_id", member = "id", role } }

record! { Profile { id, first_name, last_name, email, email_verified, timestamp_created } }

pub async fn profile(from: impl Into<Source<'_>>, user: Uuid) -> Result<Profile> {
    let found = sql("select {columns} from users where id = $1").bind(user).optional(from);
    found.await?.ok_or_else(Error::hidden)
}

pub async fn set_name(tx: &mut Tx, profile: &Profile) -> Result<()> {
    sql("update users set first_name = $2, last_name = $3 where id = $1")
        .bind(profile.id)
        .bind(&profile.first_name)
        .bind(&profile.last_name)
        .run(&mut *tx)
        .await?;
    refresh_search(tx, profile.id).await
}

/// What members are searched by is made of their address and their user's name.
async fn refresh_search(tx: &mut Tx, user: Uuid) -> Result<()> {
    let Profile { first_name, last_name, .. } = profile(&mut *tx, user).await?;
    sql("update members set search = email || $2 where user_id = $1 and workspace_id is not null and accepted")
        .bind(user)
        .bind(format!(" {first_name} {last_name}").to_lowercase())
        .run(tx)
        .await
        .map(drop)
}

/// In the place of the one that was found right; `shown` is none for who has none.
pub async fn set_password(
    tx: &mut Tx,
    user: Uuid,
    shown: Option<&str>,
    new: &Chosen,
    now: Time,
) -> Result<u64> {
    sql("update users set password_hash = $3, password_is_long = $4, password_chosen_at = $5 \
         where id = $1 and coalesce(password_hash, '') = $2")
    .bind(user)
    .bind(shown.unwrap_or_default())
    .bind(&new.hash)
    .bind(new.long)
    .bind(now)
    .run(tx)
    .await
}

/// By a link that was mailed, which proves the address.
pub async fn reset_password(tx: &mut Tx, user: Uuid, new: &Chosen, proven: bool, now: Time) -> Result<u64> {
    sql("update users set password_hash = $2, password_is_long = $3, email_verified = email_verified or $4, \
         password_chosen_at = $5 where id = $1")
    .bind(user)
    .bind(&new.hash)
    .bind(new.long)
    .bind(proven)
    .bind(now)
    .run(tx)
    .await
}

/// Whether an address is another user's.
pub async fn is_taken(tx: &mut Tx, email: &str, but: Uuid) -> Result<bool> {
    let taken = sql("select id from users where email = $1 and id <> $2").bind(email).bind(but);
    Ok(taken.optional::<Uuid>(tx).await?.is_some())
}

/// Where somebody is a member, to record there what changes of them. `email`: only where the member has this address.
pub async fn memberships(tx: &mut Tx, user: Uuid, email: Option<&str>) -> Result<Vec<Membership>> {
    sql("select {columns} from members where user_id = $1 and workspace_id is not null and accepted \
         and email = coalesce($2, email)")
    .bind(user)
    .bind(email.map(str::to_owned))
    .all(tx)
    .await
}

/// The address of the user, and of their memberships; but not where a workspace has it already, in an invitation.
pub async fn set_email(tx: &mut Tx, user: Uuid, email: &str) -> Result<()> {
    sql("update users set email = $2, email_verified = true where id = $1")
        .bind(user)
        .bind(email)
        .run(&mut *tx)
        .await?;
    sql("update members set email = $2 where user_id = $1 and accepted and not exists \
         (select 1 from members o where o.workspace_id = members.workspace_id and o.email = $2)")
    .bind(user)
    .bind(email)
    .run(&mut *tx)
    .await?;
    refresh_search(tx, user).await
}

/// A link that is open, and what it is about.
#[derive(Clone)]
pub struct Open {
    pub user: Uuid,
    pub email: String,
}
record! { Open { user = "user_id", email } }

pub async fn link(
    from: impl Into<Source<'_>>,
    hash: &str,
    kind: &'static str,
    now: Time,
) -> Result<Option<Open>> {
    sql("select {columns} from user_links where hash = $1 and kind = $2 and expires_at > $3")
        .bind(hash)
        .bind(kind)
        .bind(now)
        .optional(from)
        .await
}

/// The address that an open link is about, and when it expires. A link from the operator is for the user's own address.
pub async fn shown(from: impl Into<Source<'_>>, hash: &str, now: Time) -> Result<Option<(String, Time)>> {
    sql("select case when l.email = '' then u.email else l.email end, l.expires_at from user_links l \
         join users u on u.id = l.user_id where l.hash = $1 and l.expires_at > $2")
    .bind(hash)
    .bind(now)
    .optional(from)
    .await
}

pub async fn insert_link(
    tx: &mut Tx,
    hash: &str,
    user: Uuid,
    (kind, email): (&'static str, &str),
    expires_at: Time,
) -> Result<u64> {
    sql("insert into user_links (hash, user_id, kind, email, expires_at) values ($1, $2, $3, $4, $5)")
        .bind(hash)
        .bind(user)
        .bind(kind)
        .bind(email)
        .bind(expires_at)
        .run(tx)
        .await
}

/// One row for the first who uses it, none for all others.
pub async fn use_link(tx: &mut Tx, hash: &str, kind: &'static str, now: Time) -> Result<u64> {
    sql("delete from user_links where hash = $1 and kind = $2 and expires_at > $3")
        .bind(hash)
        .bind(kind)
        .bind(now)
        .run(tx)
        .await
}

/// Those of a kind, or all: whoever shows anew who he is does away with what others may have asked for in his name.
pub async fn close_links(tx: &mut Tx, user: Uuid, kind: Option<&'static str>) -> Result<u64> {
    sql("delete from user_links where user_id = $1 and kind = coalesce($2, kind)")
        .bind(user)
        .bind(kind.map(str::to_owned))
        .run(tx)
        .await
}

/// What somebody enrolled who may not have been the owner of the address: factors, and personal keys. Where there were
/// such keys.
pub async fn disown(tx: &mut Tx, user: Uuid, now: Time) -> Result<Vec<Membership>> {
    for gone in
        [sql("delete from factors where user_id = $1"), sql("delete from recovery_codes where user_id = $1")]
    {
        gone.bind(user).run(&mut *tx).await?;
    }
    let concerned = sql("select {columns} from members where user_id = $1 and exists \
         (select 1 from api_keys k where k.workspace_id = members.workspace_id and k.member_id = members.id \
         and k.personal and k.revoked_at is null)");
    let concerned = concerned.bind(user).all(&mut *tx).await?;
    sql("update api_keys set revoked_at = $2 where personal and revoked_at is null and exists \
         (select 1 from members m where m.workspace_id = api_keys.workspace_id and m.id = api_keys.member_id \
         and m.user_id = $1)")
    .bind(user)
    .bind(now)
    .run(tx)
    .await?;
    Ok(concerned)
}

/// Where somebody was last, or is at all.
pub async fn home(from: impl Into<Source<'_>>, user: Uuid, now: Time) -> Result<Option<Uuid>> {
    Ok(sign_in::store::homes(from, user, now).await?.first().map(|home| home.workspace))
}

const NOTICE: &str = "notice";
/// In a day; beside all other letters, so that none of those is in the way of a warning.
const NOTICES: i64 = 30;

/// By mail, if there is any, and room for one more.
pub async fn notify(can: &Caller, tx: &mut Tx, to: &str, notice: Notice) -> Result<()> {
    if can.app().mailer.is_some() && outbox::has_room_for(can, tx, to, (NOTICE, NOTICES)).await? {
        outbox::post(can, tx, &letters::notice(to, notice)?, NOTICE).await?;
    }
    Ok(())
}

pub const SETUP: &str = "setup";

pub async fn setup_hash(from: impl Into<Source<'_>>) -> Result<Option<String>> {
    sql("select value from server where name = $1").bind(SETUP).optional(from).await
}

pub async fn use_setup(tx: &mut Tx, hash: &str) -> Result<u64> {
    sql("delete from server where name = $1 and value = $2").bind(SETUP).bind(hash).run(tx).await
}
