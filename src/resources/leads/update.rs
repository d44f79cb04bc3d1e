//! Changes the fields of a lead that a PATCH names.

use super::destination::assignee;
use super::rules::bounded;
use super::{Lead, Patch, subject};
use crate::access::{Can, leads::Update};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::Result;
use crate::http::Fields;
use crate::resources::{campaigns, lead_labels};
use serde_json::Value;
use uuid::Uuid;

pub async fn update(can: Can<Update>, id: Uuid, patch: Fields<Patch>) -> Result<Lead> {
    can.write(async move |can, tx| {
        let before: Lead = can.find(&mut *tx, id).await?;
        let mut after: Lead = patch.over_but(&["assigned_to"], &before)?;
        after.custom_variables = before.custom_variables.clone();
        if let Some(Value::Object(given)) = patch.get("custom_variables") {
            after.custom_variables.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
            if let Some(campaign) = after.campaign {
                campaigns::name_variables(can, tx, campaign, given.keys()).await?;
            }
        }
        after.assigned_to = assigned(can, tx, &before, patch.get("assigned_to")).await?;
        if after.lt_interest_status != before.lt_interest_status {
            lead_labels::check_number(can, tx, "lt_interest_status", after.lt_interest_status).await?;
            after.engagement.timestamp_last_interest_change = Some(can.now());
        }
        after.timestamp_updated = can.now();
        let after = bounded(after.derived(), "body")?;
        can.update(tx, &after).await?;
        let (campaign, list) = (after.campaign, after.list_id);
        Ok(Change::updated(subject(&before), &before, after).inside(campaign, list))
    })
    .await
}

/// The assignee afterwards. Naming the present one by their id needs no right to assign.
async fn assigned(
    can: &Can<Update>,
    tx: &mut Tx,
    before: &Lead,
    wanted: Option<&Value>,
) -> Result<Option<Uuid>> {
    match wanted {
        None => Ok(before.assigned_to),
        Some(Value::String(same)) if same.parse().is_ok_and(|id| before.assigned_to == Some(id)) => {
            Ok(before.assigned_to)
        }
        Some(wanted) => match wanted.as_str() {
            Some(wanted) => assignee(can, tx, "assigned_to", wanted).await,
            None => Ok(None),
        },
    }
}
