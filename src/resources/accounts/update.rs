//! Changes the fields of a sending account that a PATCH names.

use super::{Account, Patch, address, assignment, store};
use crate::access::{Can, accounts::Update};
use crate::error::Result;
use crate::http::Fields;
use serde_json::{Value, json};

pub async fn update(can: Can<Update>, email: String, patch: Fields<Patch>) -> Result<Account> {
    can.write(async move |can, tx| {
        let before = store::find(can, &mut *tx, &email).await?;
        let mut after: Account = patch.over_but(&["assigned_to"], &before)?;
        after.reply_to = after.reply_to.as_deref().map(address);
        after.modified_by = can.user();
        after.timestamp_updated = can.now();
        if patch.get("remove_tracking_domain") == Some(&json!(true)) {
            after.settings.tracking_domain_name = None;
            after.settings.tracking_domain_status = None;
        }
        let assigned = before.assigned_to.map(|member| member.to_string());
        if let Some(wanted) = patch.get("assigned_to").map(Value::as_str)
            && wanted != assigned.as_deref()
        {
            after.assigned_to = assignment::member(can, tx, wanted).await?;
        }
        store::update(can, tx, &after).await?;
        let left = assignment::released(can, tx, &before, &after).await?;
        Ok(assignment::change(&before, after, left))
    })
    .await
}
