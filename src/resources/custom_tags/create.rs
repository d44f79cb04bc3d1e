use super::{CustomTag, New};
use crate::access::{Can, custom_tags::Create};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::Result;

pub async fn create(can: Can<Create>, new: New) -> Result<CustomTag> {
    can.write(async move |can, tx| create_part(can, tx, &new).await).await
}

/// The change in a transaction that the caller has begun.
pub async fn create_part(can: &Can<Create>, tx: &mut Tx, new: &New) -> Result<Change<CustomTag>> {
    let tag = CustomTag {
        id: can.id_of_new(),
        timestamp_created: can.now(),
        timestamp_updated: can.now(),
        organization_id: can.workspace(),
        label: new.label.trim().to_owned(),
        description: new.description.clone(),
    };
    tag.check_label(can, tx).await?;
    can.insert(tx, &tag).await?;
    Ok(Change::created(tag.subject(), tag))
}
