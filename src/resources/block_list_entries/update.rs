use super::create::valid;
use super::{BlockListEntry, Patch, macs, store};
use crate::access::{Can, block_list_entries::Update};
use crate::audit::Change;
use crate::error::{Error, Result};
use uuid::Uuid;

/// Puts another value in the place of an entry's own.
pub async fn update(can: Can<Update>, id: Uuid, patch: Patch) -> Result<BlockListEntry> {
    can.write(async move |can, tx| {
        let before: BlockListEntry = can.find(&mut *tx, id).await?;
        let mut after = patch.over(&before);
        let blocked = valid(&after.bl_value)?;
        (after.bl_value, after.is_domain) = (blocked.value, blocked.is_domain);
        after.mac = macs(can)?.of(&after.bl_value);
        if after.mac != before.mac {
            let mac = [after.mac.clone()];
            if !store::of_macs(can, tx, &mac).await?.is_empty() {
                return Err(Error::Conflict("The block list already has this value.".to_owned()));
            }
            store::forget_erased(can, tx, &mac).await?;
            can.update(tx, &after).await?;
        }
        Ok(Change::updated(before.subject(), &before, after))
    })
    .await
}
