use super::{LeadList, New};
use crate::access::{Can, lead_lists::Create};
use crate::audit::Change;
use crate::error::Result;
use crate::resources::members::{Whose, owner};

pub async fn create(can: Can<Create>, new: New) -> Result<LeadList> {
    can.write(async move |can, tx| {
        let owned_by = match new.owned_by {
            Some(wanted) => owner::<Create>(can, tx, Some(wanted), Whose::New("list")).await?,
            None => can.user(),
        };
        let list = LeadList {
            id: can.id_of_new(),
            organization_id: can.workspace(),
            has_enrichment_task: new.has_enrichment_task,
            owned_by,
            name: new.name.clone(),
            timestamp_created: can.now(),
        };
        can.insert(tx, &list).await?;
        Ok(Change::created(list.subject(), list))
    })
    .await
}
