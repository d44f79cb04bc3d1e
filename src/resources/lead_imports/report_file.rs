//! The report on an import as a file, part by part.

use super::pack::unpack;
use super::{ImportRow, LeadImport, store};
use crate::access::{Can, lead_imports::Read};
use crate::error::Result;
use crate::http::{Format, Pieces, Streamed, absent_not_null};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

const COLUMNS: [&str; 7] = ["line", "outcome", "reason", "message", "email", "lead_id", "duplicate_of"];

#[derive(Deserialize, JsonSchema)]
pub struct ReportFile {
    /// The default is `csv`.
    #[serde(default)]
    format: Format,
    /// Only rows with this outcome.
    #[schemars(transform = absent_not_null, extend("enum" = ["added", "skipped", "invalid"]))]
    outcome: Option<String>,
}

impl ReportFile {
    /// All rows, as CSV.
    pub fn whole() -> ReportFile {
        ReportFile { format: Format::default(), outcome: None }
    }
}

pub async fn report(can: Can<Read>, id: Uuid, wanted: ReportFile) -> Result<Streamed> {
    can.find::<LeadImport>(can.reader(), id).await?;
    let turn = can.app().streams.take(can.workspace())?;
    let format = wanted.format;
    let parts = Parts { can: can.renewed().await?, id, wanted, line: 0 };
    Streamed::new(turn, (format, &COLUMNS), "import", parts).await
}

struct Parts {
    can: Can<Read>,
    id: Uuid,
    wanted: ReportFile,
    line: i64,
}

impl Pieces for Parts {
    async fn next(mut self) -> Result<Option<(Vec<u8>, Self)>> {
        if self.line > 0 {
            self.can = self.can.renewed().await?;
            self.can.find::<LeadImport>(self.can.reader(), self.id).await?;
        }
        while let Some(part) = store::reported(&self.can, self.id, self.line).await? {
            self.line = part.last_line;
            let mut rows: Vec<ImportRow> = unpack(&part.report)?;
            rows.retain(|row| self.wanted.outcome.as_ref().is_none_or(|outcome| *outcome == row.outcome));
            if !rows.is_empty() {
                ImportRow::shown(&self.can, &mut rows).await?;
                let rows = self.wanted.format.rows(&COLUMNS, &rows)?;
                return Ok(Some((rows, self)));
            }
        }
        Ok(None)
    }
}
