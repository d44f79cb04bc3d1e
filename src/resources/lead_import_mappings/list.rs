use super::LeadImportMapping;
use crate::access::{Can, lead_import_mappings::Read};
use crate::error::Result;
use crate::http::{Page, Paging};

pub async fn list(can: Can<Read>, paging: Paging) -> Result<Page<LeadImportMapping>> {
    let mappings = can.list::<LeadImportMapping>(&paging, |_| {}).all(can.reader()).await?;
    Ok(Page::new(mappings, paging.limit(), |mapping| mapping.id))
}
