//! The SQL of users. A user belongs to no workspace.

pub mod links;

use super::{Chosen, Home, Profile, User};
use crate::access::{Across, Caller, LoginPolicy, across};
use crate::db::{Json, Record, Row, Source, Tx, record};
use crate::error::{Error, Result};
use crate::time::Time;
use uuid::Uuid;

fn server_wide() -> Across {
    across("A user belongs to no workspace.")
}

record! { User {
    id, password_hash, password_chosen_at = "coalesce(password_chosen_at, timestamp_created)"
} }

record! { Profile { id, first_name, last_name, email, email_verified, timestamp_created } }

pub async fn by_address(from: impl Into<Source<'_>>, email: &str) -> Result<Option<User>> {
    server_wide()
        .unfenced_sql("select {columns} from users where email = $1")
        .bind(email)
        .optional(from)
        .await
}

pub async fn profile(from: impl Into<Source<'_>>, user: Uuid) -> Result<Profile> {
    let found =
        server_wide().unfenced_sql("select {columns} from users where id = $1").bind(user).optional(from);
    found.await?.ok_or_else(Error::hidden)
}

/// The first and the last name; none for a user who gave no name.
pub async fn full_name(from: impl Into<Source<'_>>, user: Uuid) -> Result<Option<String>> {
    let name = server_wide()
        .unfenced_sql("select first_name || ' ' || last_name from users where id = $1")
        .bind(user);
    let name: Option<String> = name.optional(from).await?;
    Ok(name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()))
}

/// A user to be. Without a password they choose one by a mailed link.
pub struct NewUser<'a> {
    pub id: Uuid,
    pub email: &'a str,
    pub email_verified: bool,
    pub first_name: &'a str,
    pub last_name: &'a str,
    pub password: Option<&'a Chosen>,
}

pub async fn insert(tx: &mut Tx, new: &NewUser<'_>, now: Time) -> Result<u64> {
    server_wide()
        .unfenced_sql(
            "insert into users (id, email, email_verified, first_name, last_name, password_hash, \
             password_is_long, timestamp_created) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(new.id)
        .bind(new.email)
        .bind(new.email_verified)
        .bind(new.first_name)
        .bind(new.last_name)
        .bind(new.password.map(|password| password.hash.clone()))
        .bind(new.password.is_some_and(|password| password.long))
        .bind(now)
        .run(tx)
        .await
}

/// The user with this address, created if there is none. The operator vouches for the address of a new user; that of an
/// existing one must be verified.
pub async fn insert_verified(tx: &mut Tx, id: Uuid, email: &str, now: Time) -> Result<Uuid> {
    let known =
        server_wide().unfenced_sql("select id, email_verified from users where email = $1").bind(email);
    match known.optional::<(Uuid, bool)>(&mut *tx).await? {
        Some((user, true)) => Ok(user),
        Some((_, false)) => Err(Error::invalid(format!(
            "the user `{email}` exists, but the address was never verified; use another address"
        ))),
        None => {
            let new =
                NewUser { id, email, email_verified: true, first_name: "", last_name: "", password: None };
            insert(tx, &new, now).await?;
            Ok(id)
        }
    }
}

pub async fn set_name(tx: &mut Tx, profile: &Profile) -> Result<u64> {
    server_wide()
        .unfenced_sql("update users set first_name = $2, last_name = $3 where id = $1")
        .bind(profile.id)
        .bind(&profile.first_name)
        .bind(&profile.last_name)
        .run(tx)
        .await
}

pub async fn set_email(tx: &mut Tx, user: Uuid, email: &str) -> Result<u64> {
    server_wide()
        .unfenced_sql("update users set email = $2, email_verified = true where id = $1")
        .bind(user)
        .bind(email)
        .run(tx)
        .await
}

/// Whether an address belongs to another user.
pub async fn is_taken(tx: &mut Tx, email: &str, except: Uuid) -> Result<bool> {
    let taken = server_wide()
        .unfenced_sql("select id from users where email = $1 and id <> $2")
        .bind(email)
        .bind(except);
    Ok(taken.optional::<Uuid>(tx).await?.is_some())
}

pub async fn password_hash(from: impl Into<Source<'_>>, user: Uuid) -> Result<Option<String>> {
    let stored = server_wide()
        .unfenced_sql("select password_hash from users where id = $1 and password_hash is not null");
    stored.bind(user).optional(from).await
}

/// Whether the user has a password that is long enough without a second factor.
pub async fn has_long_password(tx: &mut Tx, user: Uuid) -> Result<bool> {
    let long = server_wide()
        .unfenced_sql("select password_is_long and password_hash is not null from users where id = $1")
        .bind(user);
    Ok(long.optional(tx).await?.unwrap_or(false))
}

/// Whether the stored hash is still this one. It also notes whether the password is long, which a hash does not tell.
pub async fn has_password(tx: &mut Tx, user: Uuid, hash: &str, long: bool) -> Result<bool> {
    server_wide()
        .unfenced_sql(
            "update users set password_is_long = $3 where id = $1 and password_hash = $2 \
             and password_is_long <> $3",
        )
        .bind(user)
        .bind(hash)
        .bind(long)
        .run(&mut *tx)
        .await?;
    let same = server_wide()
        .unfenced_sql("select id from users where id = $1 and password_hash = $2")
        .bind(user)
        .bind(hash);
    Ok(same.optional::<Uuid>(tx).await?.is_some())
}

/// Replaces the password whose hash is `current`, or sets the first one. No row if another password was set meanwhile.
pub async fn set_password(
    tx: &mut Tx,
    user: Uuid,
    current: Option<&str>,
    new: &Chosen,
    now: Time,
) -> Result<u64> {
    server_wide()
        .unfenced_sql(
            "update users set password_hash = $3, password_is_long = $4, password_chosen_at = $5 \
             where id = $1 and coalesce(password_hash, '') = $2",
        )
        .bind(user)
        .bind(current.unwrap_or_default())
        .bind(&new.hash)
        .bind(new.long)
        .bind(now)
        .run(tx)
        .await
}

/// Sets the password of a person who followed a link. `proven`: the link was mailed, so the address is theirs.
pub async fn reset_password(tx: &mut Tx, user: Uuid, new: &Chosen, proven: bool, now: Time) -> Result<u64> {
    server_wide()
        .unfenced_sql(
            "update users set password_hash = $2, password_is_long = $3, email_verified = email_verified \
             or $4, password_chosen_at = $5 where id = $1",
        )
        .bind(user)
        .bind(&new.hash)
        .bind(new.long)
        .bind(proven)
        .bind(now)
        .run(tx)
        .await
}

/// Notes that the user acts in the caller's workspace. Their next session begins there.
pub async fn act_in(can: &Caller, tx: &mut Tx, user: Uuid) -> Result<()> {
    can.sql(
        "update users set last_workspace_id = {here} \
         where id = $1 and coalesce(last_workspace_id <> {here}, true)",
    )
    .bind(user)
    .run(tx)
    .await
    .map(drop)
}

impl Record for Home {
    const COLUMNS: &'static str = "w.id, w.name, w.login_policy";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Home {
            workspace: row.take()?,
            name: row.take()?,
            policy: row.take::<Option<Json<LoginPolicy>>>()?.map(|Json(policy)| policy).unwrap_or_default(),
        })
    }
}

/// The workspaces of a user; the one in which they acted last comes first.
pub async fn homes(from: impl Into<Source<'_>>, user: Uuid, now: Time) -> Result<Vec<Home>> {
    server_wide()
        .unfenced_sql(
            "select {columns} from users u join members m on m.user_id = u.id and m.accepted \
             join workspaces w on w.id = m.workspace_id \
             where u.id = $1 and coalesce(w.scheduled_for_removal_at > $2, true) \
             order by case when w.id = u.last_workspace_id then 0 else 1 end, m.id limit 1000",
        )
        .bind(user)
        .bind(now)
        .all(from)
        .await
}

/// The workspace whose audit log records what a user does without a session.
pub async fn home(from: impl Into<Source<'_>>, user: Uuid, now: Time) -> Result<Option<Uuid>> {
    Ok(homes(from, user, now).await?.first().map(|home| home.workspace))
}
