//! Deletes one lead.

use super::{Lead, subject};
use crate::access::{Can, leads::Delete};
use crate::audit::Change;
use crate::error::Result;
use uuid::Uuid;

pub async fn remove(can: Can<Delete>, id: Uuid) -> Result<Lead> {
    can.write(async move |can, tx| {
        let lead: Lead = can.find(&mut *tx, id).await?;
        can.delete::<Lead>(tx, id).await?;
        let (campaign, list) = (lead.campaign, lead.list_id);
        Ok(Change::deleted(subject(&lead), lead).inside(campaign, list))
    })
    .await
}
