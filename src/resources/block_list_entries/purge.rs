//! Deletes all entries, or all that match, in steps. Entries that are added meanwhile stay.

use super::{BlockListEntry, Which, store};
use crate::access::{Can, STEP, block_list_entries::Purge};
use crate::audit::{Change, Subject};
use crate::error::Result;
use crate::http::Paging;
use serde::Serialize;
use serde_json::json;
use std::ops::ControlFlow::{Break, Continue};
use uuid::Uuid;

/// The most entries that the answer lists.
const LISTED: usize = 10_000;

/// What is deleted so far.
#[derive(Clone, Default, Serialize)]
pub struct Purged {
    /// How many entries.
    pub count: u64,
    /// The newest [`LISTED`] of them.
    pub entries: Vec<BlockListEntry>,
    #[serde(skip)]
    last: Option<Uuid>,
}

pub async fn purge(can: Can<Purge>, which: Which) -> Result<Purged> {
    can.write_in_steps(Purged::default(), async move |can, tx, before: &Purged| {
        let next = Paging { limit: Some(STEP as i64), starting_after: before.last };
        let gone: Vec<BlockListEntry> =
            can.list::<BlockListEntry>(&next, |out| which.filter(out)).all(&mut *tx).await?;
        let ids: Vec<Uuid> = gone.iter().map(|entry| entry.id).collect();
        store::delete(can, tx, &ids).await?;
        let (subject, count) = (Subject::new("workspace", can.workspace()), gone.len());
        let facts = json!({ "block_list_entries": count, "filter": which });
        let mut all = before.clone();
        (all.count, all.last) = (before.count + count as u64, ids.last().copied());
        let room = LISTED.saturating_sub(all.entries.len());
        all.entries.extend(gone.into_iter().take(room));
        Ok(match count as u64 == STEP {
            true => Continue((Change::new(subject, (), facts, ()).affecting(count), all)),
            false => Break(Change::new(subject, (), facts, all).affecting(count)),
        })
    })
    .await
}
