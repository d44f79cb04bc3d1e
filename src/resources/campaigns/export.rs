//! Exports a campaign. This changes nothing, but has an audit row, because the content leaves the server.

use super::{Campaign, subject};
use crate::access::{Can, Seen, campaigns::Export};
use crate::audit::Change;
use crate::error::Result;
use uuid::Uuid;

pub async fn export(can: Can<Export>, id: Uuid) -> Result<Seen<Campaign>> {
    can.write(async move |can, tx| {
        let campaign: Campaign = can.find(&mut *tx, id).await?;
        Ok(Change::updated(subject(&campaign), &campaign, campaign.clone()))
    })
    .await
}
