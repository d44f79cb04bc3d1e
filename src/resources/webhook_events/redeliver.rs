//! Delivers an event once more, to the webhook of an attempt.

use super::{WebhookEvent, reads_records, store};
use crate::access::{Can, webhook_events::Redeliver};
use crate::audit::Change;
use crate::error::{Error, Result};
use serde_json::json;
use uuid::Uuid;

/// An event that already waits for its webhook is not put into the queue again.
pub async fn redeliver(can: Can<Redeliver>, id: Uuid) -> Result<WebhookEvent> {
    reads_records(&can)?;
    can.write(async move |can, tx| {
        let attempt: WebhookEvent = can.find(&mut *tx, id).await?;
        let Some(event) = attempt.retry_group_id else {
            return Err(Error::Conflict(
                "A test cannot be delivered again. Test the webhook again.".to_owned(),
            ));
        };
        if !store::has_webhook(can, tx, attempt.webhook_id).await? {
            return Err(Error::Conflict("The webhook of this delivery was deleted.".to_owned()));
        }
        let queued = store::queue(can, tx, &attempt, event).await?;
        let facts = json!({ "webhook": attempt.webhook_id, "event": event });
        Ok(Change::new(attempt.subject(), (), facts, attempt).affecting(queued as usize))
    })
    .await
}
