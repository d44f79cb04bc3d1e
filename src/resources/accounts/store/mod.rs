//! The SQL of sending accounts.

mod assignment;
mod connections;
mod days;
mod moves;
mod senders;
mod warmup;
pub use assignment::*;
pub use connections::*;
pub use days::*;
pub use moves::*;
pub use senders::*;
pub use warmup::*;

use super::connection::State;
use super::filter::Wanted;
use super::{Account, SHAPE, Settings};
use crate::access::{Caller, Can, Permission, custom_tags};
use crate::db::{Json, Record, Row, Source, Tx, record};
use crate::error::{Error, Result};
use crate::resources::custom_tags as tags;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Fields of an account that no SQL statement filters on, stored in one JSON column.
#[derive(Serialize, Deserialize)]
struct Rest {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply_to: Option<String>,
    #[serde(flatten)]
    settings: Settings,
}

fn rest(account: &Account) -> serde_json::Value {
    Json::value(&Rest { reply_to: account.reply_to.clone(), settings: account.settings.clone() })
}

impl Record for Account {
    const COLUMNS: &'static str = "a.id, a.email, a.timestamp_created, a.timestamp_updated, a.first_name, \
         a.last_name, a.workspace_id, a.added_by, a.modified_by, a.status, a.status_message, a.warmup_status, \
         a.timestamp_warmup_start, a.stat_warmup_score, a.provider_code, a.assigned_to, a.settings, \
         a.connection_state";
    fn read(row: &mut Row) -> Result<Self> {
        let (id, email) = (row.take()?, row.take()?);
        let (timestamp_created, timestamp_updated) = (row.take()?, row.take()?);
        let (first_name, last_name, organization) = (row.take()?, row.take()?, row.take()?);
        let (added_by, modified_by, status) = (row.take()?, row.take()?, row.take()?);
        let status_message = row.take::<Option<Json<_>>>()?.map(|Json(message)| message);
        let (warmup_status, timestamp_warmup_start) = (row.take()?, row.take()?);
        let (stat_warmup_score, provider_code, assigned_to) = (row.take()?, row.take()?, row.take()?);
        let Json(rest) = row.take::<Json<Rest>>()?;
        Ok(Account {
            id,
            email,
            timestamp_created,
            timestamp_updated,
            first_name,
            last_name,
            organization,
            added_by,
            modified_by,
            status,
            status_message,
            warmup_status,
            timestamp_warmup_start,
            stat_warmup_score,
            provider_code,
            setup_pending: false,
            is_managed_account: false,
            bought: Default::default(),
            reply_to: rest.reply_to,
            settings: rest.settings,
            assigned_to,
            connection: State::parse(&row.take::<String>()?),
        })
    }
}

/// Where a page begins, and the order of its items.
pub struct Place {
    pub order: &'static str,
    /// The time of creation and the address of the account before the first one.
    pub after: Option<(Time, String)>,
    pub descending: bool,
    pub skip: i64,
    pub limit: i64,
}

pub async fn list<P: Permission>(can: &Can<P>, wanted: &Wanted, place: &Place) -> Result<Vec<Account>> {
    can.sql("select {columns} from accounts a where {visible} {filters} order by {order} limit $1 offset $2")
        .bind(place.limit)
        .bind(place.skip)
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", |out| {
            wanted.condition(can)(out);
            let Some((at, email)) = &place.after else { return };
            let than = if place.descending { " < " } else { " > " };
            out.push(" and (a.timestamp_created").push(than).bind(*at);
            out.push(" or a.timestamp_created = ").bind(*at).push(" and a.email").push(than).bind(email);
            out.push(")");
        })
        .fill_text("{order}", place.order)
        .all(can.reader())
        .await
}

#[derive(Clone, Debug)]
pub struct TagOn {
    pub account: Uuid,
    pub id: Uuid,
    pub label: String,
    pub description: Option<String>,
}
record! { TagOn { account = "m.resource_id", id = "t.id", label = "t.label", description = "t.description" } }

/// The tags of these accounts that the caller sees.
pub async fn tags(can: &Caller, accounts: &[Uuid]) -> Result<Vec<TagOn>> {
    can.sql(
        "select {columns} from custom_tag_mappings m join custom_tags t \
         on t.workspace_id = m.workspace_id and t.id = m.tag_id \
         where m.resource_id in ({ids}) and {visible} order by t.label",
    )
    .fill_list("{ids}", accounts)
    .fill("{visible}", can.sees::<custom_tags::Read>(&tags::SHAPE))
    .all(can.reader())
    .await
}

pub async fn find<P: Permission>(can: &Can<P>, from: impl Into<Source<'_>>, email: &str) -> Result<Account> {
    let found = can
        .sql("select {columns}, {within} from accounts a where a.email = $1 and {visible}")
        .bind(super::address(email))
        .fill("{within}", can.within(&SHAPE))
        .fill("{visible}", can.visible(&SHAPE))
        .optional(from);
    can.admit(found.await?)
}

/// The accounts of these addresses that are within reach.
pub async fn within<P: Permission>(
    can: &Can<P>,
    from: impl Into<Source<'_>>,
    emails: &[String],
) -> Result<Vec<Account>> {
    can.sql(
        "select {columns} from accounts a \
         where a.email in ({emails}) and {within} and {visible} order by a.id",
    )
    .fill_list("{emails}", emails)
    .fill("{within}", can.within(&SHAPE))
    .fill("{visible}", can.visible(&SHAPE))
    .all(from)
    .await
}

pub async fn taken(can: &Caller, tx: &mut Tx, email: &str) -> Result<bool> {
    let taken = can
        .sql("select id from accounts where workspace_id = {here} and email = $1")
        .bind(email)
        .optional::<Uuid>(tx);
    Ok(taken.await?.is_some())
}

pub async fn insert(can: &Caller, tx: &mut Tx, account: &Account, connection: &str) -> Result<u64> {
    can.sql("insert into accounts (workspace_id, id, email, first_name, last_name, search, status, warmup_status, \
         provider_code, assigned_to, added_by, settings, connection, timestamp_created, timestamp_updated) \
         values ({here}, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)")
    .bind(account.id)
    .bind(&account.email)
    .bind(&account.first_name)
    .bind(&account.last_name)
    .bind(search(account))
    .bind(account.status)
    .bind(account.warmup_status)
    .bind(account.provider_code)
    .bind(account.assigned_to)
    .bind(account.added_by)
    .bind(rest(account))
    .bind(connection)
    .bind(account.timestamp_created)
    .run(tx)
    .await
}

pub async fn update(can: &Caller, tx: &mut Tx, account: &Account) -> Result<u64> {
    can.sql("update accounts set first_name = $2, last_name = $3, search = $4, status = $5, status_message = $6, \
         warmup_status = $7, timestamp_warmup_start = $8, assigned_to = $9, modified_by = $10, settings = $11, \
         timestamp_updated = $12 where workspace_id = {here} and id = $1")
    .bind(account.id)
    .bind(&account.first_name)
    .bind(&account.last_name)
    .bind(search(account))
    .bind(account.status)
    .bind(account.status_message.clone())
    .bind(account.warmup_status)
    .bind(account.timestamp_warmup_start)
    .bind(account.assigned_to)
    .bind(account.modified_by)
    .bind(rest(account))
    .bind(account.timestamp_updated)
    .run(tx)
    .await
}

fn search(account: &Account) -> String {
    format!("{} {} {}", account.email, account.first_name, account.last_name).to_lowercase()
}

/// The foreign keys take it off its campaigns and delete its days.
pub async fn delete(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<u64> {
    tags::unmap_all(can, tx, id).await?;
    can.sql("delete from accounts where workspace_id = {here} and id = $1").bind(id).run(tx).await
}

pub async fn set_status(can: &Caller, tx: &mut Tx, ids: &[Uuid], status: i64) -> Result<u64> {
    can.sql(
        "update accounts set status = $1, modified_by = $2, timestamp_updated = $3 \
         where workspace_id = {here} and status <> $1 and id in ({ids})",
    )
    .bind(status)
    .bind(can.user())
    .bind(can.now())
    .fill_list("{ids}", ids)
    .run(tx)
    .await
}

/// An account that a body names must be one that the caller sees.
pub async fn named<P: Permission>(can: &Can<P>, tx: &mut Tx, field: &str, email: &str) -> Result<Account> {
    let found = can
        .sql("select {columns} from accounts a where a.email = $1 and {visible}")
        .bind(super::address(email))
        .fill("{visible}", can.visible(&SHAPE))
        .optional(tx);
    let unknown = || Error::invalid(format!("body/{field} must be a sending account in this workspace"));
    found.await?.ok_or_else(unknown)
}
