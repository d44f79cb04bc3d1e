//! The SQL of webhooks that does not follow from their description.

mod queue;
pub use queue::*;

use super::{SHAPE, Webhook};
use crate::access::{Caller, Can, Permission, accounts, campaigns, lead_labels};
use crate::db::Tx;
use crate::error::Result;
use crate::resources::{
    accounts as account_records, campaigns as campaign_records, lead_labels as label_records,
};
use uuid::Uuid;

pub async fn count(can: &Caller, tx: &mut Tx) -> Result<i64> {
    let count = can.sql("select count(*) from webhooks w where w.workspace_id = {here}");
    Ok(count.optional(tx).await?.unwrap_or(0))
}

/// Starts the queue of a new webhook.
pub async fn insert_pump(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<u64> {
    can.sql(
        "insert into webhook_pumps (workspace_id, webhook_id, due_at, failures) values ({here}, $1, $2, 0)",
    )
    .bind(id)
    .bind(can.now())
    .run(tx)
    .await
}

/// Forgets the failures before. What waits is due at once, and is not old.
pub async fn start_again(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<()> {
    can.sql(
        "update webhook_pumps set failures = 0, failing_since = null, due_at = $2 \
         where workspace_id = {here} and webhook_id = $1",
    )
    .bind(id)
    .bind(can.now())
    .run(&mut *tx)
    .await?;
    can.sql(
        "update webhook_deliveries set due_at = $2, timestamp_created = $2 \
         where workspace_id = {here} and webhook_id = $1",
    )
    .bind(id)
    .bind(can.now())
    .run(tx)
    .await
    .map(drop)
}

pub async fn sealed(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<String> {
    let sealed =
        can.sql("select w.sealed from webhooks w where w.workspace_id = {here} and w.id = $1").bind(id);
    sealed.optional::<String>(tx).await?.ok_or_else(crate::error::Error::hidden)
}

pub async fn set_sealed(can: &Caller, tx: &mut Tx, id: Uuid, sealed: &str) -> Result<u64> {
    can.sql("update webhooks set sealed = $2 where workspace_id = {here} and id = $1")
        .bind(id)
        .bind(sealed)
        .run(tx)
        .await
}

/// A webhook within reach, with its sealed part.
pub async fn shown_with_sealed<P: Permission>(can: &Can<P>, id: Uuid) -> Result<(Webhook, String)> {
    let webhook: Webhook = can.find(can.reader(), id).await?;
    let sealed = can
        .sql("select w.sealed from webhooks w where w.id = $1 and {visible}")
        .bind(id)
        .fill("{visible}", can.visible(&SHAPE))
        .optional::<String>(can.reader());
    Ok((webhook, sealed.await?.ok_or_else(crate::error::Error::hidden)?))
}

pub async fn sees_campaign(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<bool> {
    let seen = can
        .sql("select c.id from campaigns c where c.id = $1 and {visible}")
        .bind(id)
        .fill("{visible}", can.sees::<campaigns::Read>(&campaign_records::SHAPE));
    Ok(seen.optional::<Uuid>(tx).await?.is_some())
}

/// The name of a campaign that the caller sees.
pub async fn campaign(can: &Can<campaigns::Read>, id: Uuid) -> Result<Option<String>> {
    can.sql("select c.name from campaigns c where c.id = $1 and {visible}")
        .bind(id)
        .fill("{visible}", can.visible(&campaign_records::SHAPE))
        .optional(can.reader())
        .await
}

/// The address of an account that the caller sees.
pub async fn account(can: &Can<accounts::Read>, id: Uuid) -> Result<Option<String>> {
    can.sql("select a.email from accounts a where a.id = $1 and {visible}")
        .bind(id)
        .fill("{visible}", can.visible(&account_records::SHAPE))
        .optional(can.reader())
        .await
}

/// The campaigns that the caller sees, for choosing one.
pub async fn campaigns(can: &Caller) -> Result<Vec<(Uuid, String)>> {
    can.sql("select c.id, c.name from campaigns c where {visible} order by c.name, c.id limit 300")
        .fill("{visible}", can.sees::<campaigns::Read>(&campaign_records::SHAPE))
        .all(can.reader())
        .await
}

/// The labels that the caller sees, with their numbers.
pub async fn labels(can: &Caller) -> Result<Vec<(i64, String)>> {
    can.sql("select b.interest_status, b.label from lead_labels b where {visible} order by b.id limit 1000")
        .fill("{visible}", can.sees::<lead_labels::Read>(&label_records::SHAPE))
        .all(can.reader())
        .await
}
