//! The most that each sub-workspace can spend in a month of its admin workspace's credits.

use super::store::caps as store;
use super::{Cap, CapPatch};
use crate::access::{Can, credits::*};
use crate::audit::{Change, Subject};
use crate::error::{Error, Result};
use crate::http::{Page, Paging};

pub async fn list_caps(can: &Can<Read>, paging: &Paging) -> Result<Page<Cap>> {
    let caps = store::list(can, paging).await?;
    Ok(Page::new(caps, paging.limit(), |cap: &Cap| cap.id))
}

/// The newest caps.
pub async fn caps(can: &Can<Read>, limit: i64) -> Result<Vec<Cap>> {
    store::list(can, &Paging { limit: Some(limit), starting_after: None }).await
}

pub async fn set_caps(can: Can<SetCaps>, patch: CapPatch) -> Result<Cap> {
    if patch.hyper.get().is_none() && patch.inbox_placement.get().is_none() {
        return Err(Error::invalid("body must name `hyper` or `inbox_placement`"));
    }
    can.write(async move |can, tx| {
        let before = store::find(can, &mut *tx, patch.sub_workspace_id).await?;
        let mut after = before.clone();
        patch.hyper.apply(&mut after.caps.hyper);
        patch.inbox_placement.apply(&mut after.caps.inbox_placement);
        store::set(can, tx, &after).await?;
        let subject = Subject::new("workspace_group_member", before.id);
        Ok(Change::updated(subject, &before, after).also_in(before.sub_workspace_id))
    })
    .await
}
