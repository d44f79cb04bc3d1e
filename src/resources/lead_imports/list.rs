//! Reads imports: a page, one, and the report on its rows.

use super::pack::unpack;
use super::{ImportRow, LeadImport, store};
use crate::access::{Can, lead_imports::Read};
use crate::error::Result;
use crate::http::{Page, Paging, absent_not_null};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

pub async fn list(can: Can<Read>, paging: Paging) -> Result<Page<LeadImport>> {
    let imports = found(&can, &paging).await?;
    Ok(Page::new(imports, paging.limit(), |import| import.id))
}

pub async fn show(can: Can<Read>, id: Uuid) -> Result<LeadImport> {
    can.find(can.reader(), id).await
}

#[derive(Deserialize, JsonSchema)]
pub struct Filter {
    /// How many rows a page has, 1 to 1000. The default is 100.
    #[schemars(transform = absent_not_null, range(min = 1, max = 1000))]
    limit: Option<i64>,
    /// `next_starting_after` of the page before: a line of the file.
    #[schemars(transform = absent_not_null, range(min = 0))]
    starting_after: Option<i64>,
    /// Only rows with this outcome.
    #[schemars(transform = absent_not_null, extend("enum" = ["added", "skipped", "invalid"]))]
    outcome: Option<String>,
}

impl Filter {
    pub fn of(limit: i64, starting_after: Option<i64>, outcome: Option<String>) -> Filter {
        Filter { limit: Some(limit), starting_after, outcome }
    }
}

/// The imports of a page.
pub async fn found(can: &Can<Read>, paging: &Paging) -> Result<Vec<LeadImport>> {
    can.list::<LeadImport>(paging, |_| {}).all(can.reader()).await
}

pub async fn rows(can: Can<Read>, id: Uuid, filter: Filter) -> Result<Page<ImportRow, i64>> {
    let limit = filter.limit.unwrap_or(100);
    can.find::<LeadImport>(can.reader(), id).await?;
    let rows = found_rows(&can, id, &filter).await?;
    Ok(Page::new(rows, limit, |row: &ImportRow| row.line))
}

/// The rows of a page of the report on an import that the caller sees.
pub async fn found_rows(can: &Can<Read>, id: Uuid, filter: &Filter) -> Result<Vec<ImportRow>> {
    let (limit, after) = (filter.limit.unwrap_or(100), filter.starting_after.unwrap_or(0));
    let is_wanted = |row: &ImportRow| {
        row.line > after && filter.outcome.as_ref().is_none_or(|outcome| *outcome == row.outcome)
    };
    let (mut rows, mut line) = (Vec::new(), after);
    while let Some(part) = store::reported(can, id, line).await? {
        line = part.last_line;
        rows.extend(unpack::<Vec<ImportRow>>(&part.report)?.into_iter().filter(is_wanted));
        if rows.len() as i64 >= limit {
            break;
        }
    }
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    ImportRow::shown(can, &mut rows).await?;
    Ok(rows)
}
