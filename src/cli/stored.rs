//! Reports to the operator how much workspaces store, and whether their figures are right.

use super::open::Place;
use crate::config::{Bound, Config, Size};
use crate::db::{self, Reader, sql};
use crate::error::Result;
use crate::resources::analytics;

/// The percentage of the limit from which `doctor` warns.
const NEARLY: i64 = 80;

/// The workspace that stores most by the last count, and whether it is near its limit.
pub async fn largest(reader: &Reader, config: &Config) -> Result<Option<(bool, String)>> {
    let largest = sql("select w.name, s.stored_rows, s.stored_bytes from storage s \
         join workspaces w on w.id = s.workspace_id order by s.stored_bytes desc limit 1");
    let Some((name, (rows, bytes))) = largest.optional::<(String, (i64, i64))>(reader).await? else {
        return Ok(None);
    };
    let nearly = |bound: Bound, used: i64| bound.0.is_some_and(|most| used > most / 100 * NEARLY);
    let near = nearly(config.storage_rows, rows) || nearly(config.storage_bytes, bytes);
    let limit = if near { ", which is near its limit: see --storage-rows and --storage-bytes" } else { "" };
    let text = format!("the largest workspace, {name}, stores {} in {rows} rows{limit}", Size(bytes));
    Ok(Some((near, text)))
}

/// Counts the mails of all campaigns again. False: their figures differ, or could not be counted.
pub async fn figures(config: &Config) -> (bool, String) {
    let counted = async {
        let reader = db::look(&Place::of(config)?.url()).await?;
        analytics::recount(&reader).await
    };
    match counted.await {
        Err(error) => (false, super::told(&error)),
        Ok(counted) if counted.wrong.is_empty() => {
            (true, format!("right: {} campaigns with {} mails", counted.campaigns, counted.mails))
        }
        Ok(counted) => (false, counted.wrong.join("; ")),
    }
}
