//! The block list as a CSV file. The audit log has the download before the caller has the first byte.

use super::{BlockListEntry, Which};
use crate::access::{Can, block_list_entries::Download};
use crate::audit::{Change, Subject};
use crate::error::Result;
use crate::http::{Csv, Paging};
use serde_json::json;

/// Entries of one statement.
const PAGE: i64 = 2_000;

pub async fn download(can: Can<Download>, which: Which) -> Result<Csv> {
    let file = written(&can, &which).await?;
    let rows = file.rows();
    can.write(async move |can, _| {
        let facts = json!({ "block_list_entries": rows, "filter": which });
        Ok(Change::new(Subject::new("workspace", can.workspace()), (), facts, ()).affecting(rows))
    })
    .await?;
    Ok(file)
}

async fn written(can: &Can<Download>, which: &Which) -> Result<Csv> {
    let mut file = Csv::new(&["Blocked Email", "Date"])?;
    let mut paging = Paging { limit: Some(PAGE), starting_after: None };
    loop {
        let page: Vec<BlockListEntry> =
            can.list::<BlockListEntry>(&paging, |out| which.filter(out)).all(can.reader()).await?;
        let rows = page.iter().map(|entry| [entry.bl_value.clone(), entry.timestamp_created.to_string()]);
        file.add(&rows.collect::<Vec<_>>())?;
        match page.last() {
            Some(last) if page.len() as i64 == PAGE => paging.starting_after = Some(last.id),
            Some(_) | None => return Ok(file),
        }
    }
}
