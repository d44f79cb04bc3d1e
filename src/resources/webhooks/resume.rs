use super::{ACTIVE, Webhook, create::check_events, store};
use crate::access::{Can, webhooks::Resume};
use crate::audit::Change;
use crate::error::Result;
use uuid::Uuid;

/// The caller becomes the maker, because the previous maker can be gone. An active webhook stays as it is.
pub async fn resume(can: Can<Resume>, id: Uuid) -> Result<Webhook> {
    can.write(async move |can, tx| {
        let before: Webhook = can.find(&mut *tx, id).await?;
        if before.status == ACTIVE {
            return Ok(Change::updated(before.subject(), &before, before.clone()));
        }
        check_events(can, before.event_type, before.custom_interest_value)?;
        let mut after = before.clone().made_by(can);
        (after.status, after.timestamp_error, after.paused_because) = (ACTIVE, None, None);
        can.update(tx, &after).await?;
        store::start_again(can, tx, id).await?;
        Ok(Change::updated(before.subject(), &before, after))
    })
    .await
}
