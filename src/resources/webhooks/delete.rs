use super::Webhook;
use crate::access::{Can, webhooks::Delete};
use crate::audit::Change;
use crate::error::Result;
use uuid::Uuid;

/// What it has not delivered goes with it. The attempts that were made stay.
pub async fn delete(can: Can<Delete>, id: Uuid) -> Result<Webhook> {
    can.write(async move |can, tx| {
        let webhook: Webhook = can.find(&mut *tx, id).await?;
        can.delete::<Webhook>(tx, id).await?;
        Ok(Change::deleted(webhook.subject(), webhook))
    })
    .await
}
