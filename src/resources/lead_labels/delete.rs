use super::number::BUILT_IN;
use super::{LeadLabel, store};
use crate::access::{Can, STEP, lead_labels::Delete, one_more_step};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};
use std::ops::ControlFlow::Break;
use uuid::Uuid;

/// Deletes a label. Its leads get another one, or none.
pub async fn delete(can: Can<Delete>, id: Uuid, instead: Option<i64>) -> Result<LeadLabel> {
    can.write_in_steps((), async move |can, tx, ()| {
        let label: LeadLabel = can.find(&mut *tx, id).await?;
        if let Some(instead) = instead {
            check_number(can, tx, &label, instead).await?;
        }
        let leads = store::relabel_some(can, tx, label.interest_status, instead).await?;
        if leads == STEP {
            return Ok(one_more_step(label.subject(), "leads"));
        }
        can.delete::<LeadLabel>(tx, id).await?;
        Ok(Break(Change::deleted(label.subject(), label).affecting(1 + leads as usize)))
    })
    .await
}

async fn check_number(can: &Can<Delete>, tx: &mut Tx, label: &LeadLabel, instead: i64) -> Result<()> {
    let exists = BUILT_IN.contains(&instead) || !store::numbers(can, tx, &[instead]).await?.is_empty();
    match exists && instead != label.interest_status {
        true => Ok(()),
        false => Err(Error::invalid("body/reassigned_status must be the number of another label")),
    }
}
