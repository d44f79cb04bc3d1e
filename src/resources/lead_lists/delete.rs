use super::LeadList;
use crate::access::{Can, STEP, lead_lists::Delete, one_more_step};
use crate::audit::Change;
use crate::error::Result;
use crate::resources::lead_containers::{Container, delete_some_leads};
use std::ops::ControlFlow::Break;
use uuid::Uuid;

/// Deletes a list with its leads.
pub async fn delete(can: Can<Delete>, id: Uuid) -> Result<LeadList> {
    can.write_in_steps((), async move |can, tx, ()| {
        let list: LeadList = can.find(&mut *tx, id).await?;
        let leads = delete_some_leads(can, tx, Container::List(id)).await?;
        if leads == STEP {
            return Ok(one_more_step(list.subject(), "leads"));
        }
        can.delete::<LeadList>(tx, id).await?;
        Ok(Break(Change::deleted(list.subject(), list).affecting(1 + leads as usize)))
    })
    .await
}
