use super::{CustomTag, store};
use crate::access::{Can, STEP, custom_tags::Delete, one_more_step};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};
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

/// Deletes a tag in a transaction that the caller has begun, unless too many records have it.
pub async fn delete_part(can: &Can<Delete>, tx: &mut Tx, id: Uuid) -> Result<Change<CustomTag>> {
    let tag: CustomTag = can.find(&mut *tx, id).await?;
    if store::unmap_some(can, tx, id).await? == STEP {
        let label = &tag.label;
        return Err(Error::Conflict(format!(
            "the tag `{label}` is on {STEP} records or more; delete it with DELETE /api/v2/custom-tags first"
        )));
    }
    can.delete::<CustomTag>(tx, id).await?;
    Ok(Change::deleted(tag.subject(), tag))
}
