use super::{LeadLabel, Patch};
use crate::access::{Can, lead_labels::Update};
use crate::audit::Change;
use crate::error::Result;
use uuid::Uuid;

pub async fn update(can: Can<Update>, id: Uuid, patch: Patch) -> Result<LeadLabel> {
    can.write(async move |can, tx| {
        let before: LeadLabel = can.find(&mut *tx, id).await?;
        let mut after = patch.over(&before);
        after.label = after.label.trim().to_owned();
        if after.label != before.label {
            after.check_label(can, tx).await?;
        }
        can.update(tx, &after).await?;
        Ok(Change::updated(before.subject(), &before, after))
    })
    .await
}
