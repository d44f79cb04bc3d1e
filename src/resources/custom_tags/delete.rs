use super::{CustomTag, store};
use crate::access::{Can, STEP, custom_tags::Delete, one_more_step};
use crate::audit::Change;
use crate::error::Result;
use std::ops::ControlFlow::Break;
use uuid::Uuid;

/// Deletes a tag, and removes it from the campaigns and accounts that have it.
pub async fn delete(can: Can<Delete>, id: Uuid) -> Result<CustomTag> {
    can.write_in_steps((), async move |can, tx, ()| {
        let tag: CustomTag = can.find(&mut *tx, id).await?;
        let mappings = store::unmap_some(can, tx, id).await?;
        if mappings == STEP {
            return Ok(one_more_step(tag.subject(), "mappings"));
        }
        can.delete::<CustomTag>(tx, id).await?;
        Ok(Break(Change::deleted(tag.subject(), tag)))
    })
    .await
}
