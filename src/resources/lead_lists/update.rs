use super::{LeadList, Patch};
use crate::access::{Can, lead_lists::Update};
use crate::audit::Change;
use crate::error::Result;
use crate::resources::members::{Whose, owner};
use uuid::Uuid;

pub async fn update(can: Can<Update>, id: Uuid, patch: Patch) -> Result<LeadList> {
    can.write(async move |can, tx| {
        let before: LeadList = can.find(&mut *tx, id).await?;
        let mut after = patch.over(&before);
        if after.owned_by != before.owned_by {
            after.owned_by = owner::<Update>(can, tx, after.owned_by, Whose::Theirs("list")).await?;
        }
        can.update(tx, &after).await?;
        Ok(Change::updated(before.subject(), &before, after))
    })
    .await
}
