//! Changes the fields of a lead that a PATCH names.

use super::destination::assignee;
use super::rules::bounded;
use super::{Lead, Patch, subject};
use crate::access::{Can, leads::Update};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::Result;
use crate::resources::{campaigns, events, lead_labels};
use uuid::Uuid;

pub async fn update(can: Can<Update>, id: Uuid, patch: Patch) -> Result<Lead> {
    can.write(async move |can, tx| {
        let before: Lead = can.find(&mut *tx, id).await?;
        let mut after = patch.over(&before);
        if let Some(given) = patch.custom_variables.get() {
            after.custom_variables.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
            if let Some(campaign) = after.campaign {
                campaigns::name_variables(can, tx, campaign, given.keys()).await?;
            }
        }
        after.assigned_to = assigned(can, tx, &before, patch.assigned_to.get()).await?;
        if after.lt_interest_status != before.lt_interest_status {
            lead_labels::check_number(can, tx, "lt_interest_status", after.lt_interest_status).await?;
            after.engagement.timestamp_last_interest_change = Some(can.now());
        }
        after.timestamp_updated = can.now();
        let after = bounded(after.derived(), "body")?;
        can.update(tx, &after).await?;
        if after.lt_interest_status != before.lt_interest_status {
            events::interest_changed(can, tx, (id, after.campaign), after.lt_interest_status).await?;
        }
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
    wanted: Option<&Option<String>>,
) -> Result<Option<Uuid>> {
    match wanted {
        None => Ok(before.assigned_to),
        Some(None) => Ok(None),
        Some(Some(same)) if same.parse().is_ok_and(|id| before.assigned_to == Some(id)) => {
            Ok(before.assigned_to)
        }
        Some(Some(wanted)) => assignee(can, tx, "assigned_to", wanted).await,
    }
}
