//! Deletes all entries, or all that match, in steps.

use super::{BlockListEntry, Which, store};
use crate::access::{Can, STEP, block_list_entries::Purge};
use crate::audit::{Change, Subject};
use crate::error::Result;
use crate::http::Paging;
use serde_json::json;
use std::ops::ControlFlow::{Break, Continue};
use uuid::Uuid;

/// The most entries that the answer lists.
const LISTED: usize = 10_000;

pub async fn purge(can: Can<Purge>, which: Which) -> Result<Vec<BlockListEntry>> {
    can.write_in_steps(vec![], async move |can, tx, before: &Vec<BlockListEntry>| {
        let newest = Paging { limit: Some(STEP as i64), starting_after: None };
        let gone: Vec<BlockListEntry> =
            can.list::<BlockListEntry>(&newest, |out| which.filter(out)).all(&mut *tx).await?;
        let ids: Vec<Uuid> = gone.iter().map(|entry| entry.id).collect();
        store::delete(can, tx, &ids).await?;
        let (subject, count) = (Subject::new("workspace", can.workspace()), gone.len());
        let facts = json!({ "block_list_entries": count, "filter": which });
        let all: Vec<_> = before.iter().cloned().chain(gone).take(LISTED).collect();
        Ok(match count as u64 == STEP {
            true => Continue((Change::new(subject, (), facts, ()).affecting(count), all)),
            false => Break(Change::new(subject, (), facts, all).affecting(count)),
        })
    })
    .await
}
