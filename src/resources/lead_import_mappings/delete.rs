use super::LeadImportMapping;
use crate::access::{Can, lead_import_mappings::Delete};
use crate::audit::Change;
use crate::error::Result;
use uuid::Uuid;

pub async fn delete(can: Can<Delete>, id: Uuid) -> Result<LeadImportMapping> {
    can.write(async move |can, tx| {
        let mapping: LeadImportMapping = can.find(&mut *tx, id).await?;
        can.delete::<LeadImportMapping>(tx, id).await?;
        Ok(Change::deleted(mapping.subject(), mapping))
    })
    .await
}
