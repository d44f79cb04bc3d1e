//! Deletes one entry, or those that a call names.

use super::{BlockListEntry, Ids, store};
use crate::access::{Can, block_list_entries::Delete};
use crate::audit::{Change, Subject};
use crate::error::Result;
use serde_json::json;
use uuid::Uuid;

pub async fn delete(can: Can<Delete>, id: Uuid) -> Result<BlockListEntry> {
    can.write(async move |can, tx| {
        let entry: BlockListEntry = can.find(&mut *tx, id).await?;
        store::delete(can, tx, &[id]).await?;
        Ok(Change::deleted(entry.subject(), entry))
    })
    .await
}

/// Ids without an entry are passed over.
pub async fn delete_many(can: Can<Delete>, wanted: Ids) -> Result<Vec<BlockListEntry>> {
    can.write(async move |can, tx| {
        let gone = store::of_ids(can, tx, &wanted.ids).await?;
        let ids: Vec<Uuid> = gone.iter().map(|entry| entry.id).collect();
        store::delete(can, tx, &ids).await?;
        let (subject, affected) = (Subject::new("workspace", can.workspace()), gone.len());
        Ok(Change::new(subject, (), json!({ "block_list_entries": affected }), gone).affecting(affected))
    })
    .await
}
