//! Deletes a campaign and its leads, in steps.

use super::{Campaign, store, subject};
use crate::access::{Can, STEP, Seen, campaigns::Delete, one_more_step};
use crate::audit::Change;
use crate::error::Result;
use crate::resources::lead_containers::{Container, delete_some_leads};
use std::ops::ControlFlow::Break;
use uuid::Uuid;

pub async fn remove(can: Can<Delete>, id: Uuid) -> Result<Seen<Campaign>> {
    can.write_in_steps((), async move |can, tx, ()| {
        let campaign: Campaign = can.find(&mut *tx, id).await?;
        let leads = delete_some_leads(can, tx, Container::Campaign(id)).await?;
        if leads == STEP {
            return Ok(one_more_step(subject(&campaign), "leads"));
        }
        store::delete(can, tx, id).await?;
        Ok(Break(Change::deleted(subject(&campaign), campaign).affecting(1 + leads as usize)))
    })
    .await
}
