use super::{CustomTag, Patch};
use crate::access::{Can, custom_tags::Update};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::Result;
use uuid::Uuid;

pub async fn update(can: Can<Update>, id: Uuid, patch: Patch) -> Result<CustomTag> {
    can.write(async move |can, tx| update_part(can, tx, id, &patch).await).await
}

/// The change in a transaction that the caller has begun.
pub async fn update_part(
    can: &Can<Update>,
    tx: &mut Tx,
    id: Uuid,
    patch: &Patch,
) -> Result<Change<CustomTag>> {
    let before: CustomTag = can.find(&mut *tx, id).await?;
    let mut after = CustomTag { timestamp_updated: can.now(), ..patch.over(&before) };
    after.label = after.label.trim().to_owned();
    if after.label != before.label {
        after.check_label(can, tx).await?;
    }
    can.update(tx, &after).await?;
    Ok(Change::updated(before.subject(), &before, after))
}
