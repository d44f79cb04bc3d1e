//! Changes the fields of a sending account that a PATCH names.

use super::{Account, Patch, address, assignment};
use crate::access::{Can, accounts::Update};
use crate::error::Result;
use crate::resources::runs;

pub async fn update(can: Can<Update>, email: String, patch: Patch) -> Result<Account> {
    can.write(async move |can, tx| {
        let before: Account = can.find(&mut *tx, address(&email)).await?;
        let mut after = patch.over(&before);
        after.reply_to = after.reply_to.as_deref().map(address);
        after.modified_by = can.user();
        after.timestamp_updated = can.now();
        if patch.remove_tracking_domain.get() == Some(&true) {
            after.settings.tracking_domain_name = None;
            after.settings.tracking_domain_status = None;
        }
        let assigned = before.assigned_to.map(|member| member.to_string());
        if let Some(wanted) = patch.assigned_to.get()
            && *wanted != assigned
        {
            after.assigned_to = assignment::member(can, tx, wanted.as_deref()).await?;
        }
        can.update(tx, &after).await?;
        runs::wake_accounts(can, tx, &[after.id]).await?;
        let left = assignment::released(can, tx, &before, &after).await?;
        Ok(assignment::change(&before, after, left))
    })
    .await
}
