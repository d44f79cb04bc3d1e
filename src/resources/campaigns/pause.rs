//! Pauses a campaign. One that does not run stays as it is.

use super::{COMPLETED, Campaign, DRAFT, PAUSED, SUSPENDED, store, subject};
use crate::access::{Can, Seen, campaigns::Pause};
use crate::audit::Change;
use crate::error::Result;
use uuid::Uuid;

pub async fn pause(can: Can<Pause>, id: Uuid) -> Result<Seen<Campaign>> {
    can.write(async move |can, tx| {
        let before: Campaign = can.find(&mut *tx, id).await?;
        let after = match before.status {
            DRAFT | PAUSED | COMPLETED | SUSPENDED => before.clone(),
            _ => before.with_status(can, PAUSED),
        };
        store::update(can, tx, &before, &after).await?;
        Ok(Change::updated(subject(&before), &before, after))
    })
    .await
}
