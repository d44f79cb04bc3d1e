use super::{LeadLabel, New, store};
use crate::access::{Can, lead_labels::Create};
use crate::audit::Change;
use crate::error::{Error, Result};

pub async fn create(can: Can<Create>, new: New) -> Result<LeadLabel> {
    can.write(async move |can, tx| {
        let label = LeadLabel {
            id: can.id_of_new(),
            timestamp_created: can.now(),
            created_by: can
                .user()
                .or(can.key())
                .ok_or_else(|| Error::internal("a label that nobody makes"))?,
            organization_id: can.workspace(),
            label: new.label.trim().to_owned(),
            interest_status_label: new.interest_status_label,
            interest_status: store::next_number(can, tx).await?,
            description: new.description.clone(),
            use_with_ai: new.use_with_ai,
        };
        label.check_label(can, tx).await?;
        can.insert(tx, &label).await?;
        Ok(Change::created(label.subject(), label))
    })
    .await
}
