//! Schedules the removal of a workspace, and cancels it.

use super::{Workspace, store, subject};
use crate::access::{Can, workspaces::Delete};
use crate::audit::Change;
use crate::error::Result;

/// Milliseconds between the request and the removal.
const REMOVAL: i64 = 24 * 60 * 60 * 1000;

pub async fn schedule_removal(can: Can<Delete>) -> Result<Workspace> {
    can.write(async move |can, tx| {
        let before = store::current(can, &mut *tx).await?;
        let mut after = before.clone();
        if before.scheduled_for_removal_at.is_none() {
            after.scheduled_for_removal_at = Some(can.now().plus(REMOVAL));
            after.timestamp_updated = can.now();
            store::update(can, tx, &after).await?;
        }
        Ok(Change::updated(subject(&before), &before, after))
    })
    .await
}

pub async fn cancel_removal(can: Can<Delete>) -> Result<Workspace> {
    can.write(async move |can, tx| {
        let before = store::current(can, &mut *tx).await?;
        let mut after = before.clone();
        if before.scheduled_for_removal_at.is_some() {
            after.scheduled_for_removal_at = None;
            after.timestamp_updated = can.now();
            store::update(can, tx, &after).await?;
        }
        Ok(Change::updated(subject(&before), &before, after))
    })
    .await
}
