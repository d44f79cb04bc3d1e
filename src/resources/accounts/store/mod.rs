//! The SQL of sending accounts that does not follow from their description.

mod assignment;
mod board;
mod connections;
mod days;
mod moves;
mod senders;
mod warmup;
pub use assignment::*;
pub use board::*;
pub use connections::*;
pub use days::*;
pub use moves::*;
pub use senders::*;
pub use warmup::*;

use super::filter::Wanted;
use super::{Account, SHAPE};
use crate::access::{Caller, Can, Permission, custom_tags};
use crate::db::{Source, Tx, record};
use crate::error::{Error, Result};
use crate::resources::custom_tags as tags;
use crate::time::Time;
use uuid::Uuid;

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
            out.page_after(["a.timestamp_created", "a.email"], than, (*at, email));
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

/// The foreign keys take it off its campaigns and delete its days.
pub async fn delete(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<u64> {
    tags::unmap_all(can, tx, id).await?;
    can.delete::<Account>(tx, id).await
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
