//! One step of an import: the rows of one part.

use super::cells::{Wrong, lead};
use super::columns::Column;
use super::file::Row;
use super::pack::{pack, unpack};
use super::{ImportPart, ImportRow, LeadImport, store};
use crate::access::{Can, leads::Create};
use crate::app::App;
use crate::audit::{self, Change};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::jobs::{self, Claim, Outcome, Progress};
use crate::resources::leads::{Batch, Given, add_batch};
use serde_json::json;
use uuid::Uuid;

/// The next part. Its leads, its report and the progress of the job commit together.
pub async fn step(app: &App, claim: &Claim) -> Result<Outcome> {
    let can = Can::<Create>::job(app, claim.asker()?).await?;
    let id = claim.data.get("import_id").and_then(|id| id.as_str()?.parse::<Uuid>().ok());
    let number = claim.position.as_deref().map_or(Ok(0), str::parse).map_err(Error::internal)?;
    let import = match id {
        Some(id) => can.own::<LeadImport>(can.reader(), id).await?,
        None => None,
    };
    let part = match &import {
        Some(import) => store::part(&can, import.id, number).await?,
        None => None,
    };
    let (Some(import), Some(part)) = (import, part) else {
        return Ok(Outcome::Failed("the import is gone".to_owned()));
    };
    let sorted = Sorted::of(&import.columns, import.list_id.is_some(), unpack(&part.file_rows)?);
    let (claim, batch) = (claim.clone(), import.batch()?);
    can.write(async move |can, tx| {
        let told = sorted.add(can, tx, &batch).await?;
        let before = import.added;
        let import = counted(import.clone(), &told);
        can.update(tx, &import).await?;
        can.update(tx, &ImportPart { file_rows: String::new(), report: pack(&told)?, ..part.clone() })
            .await?;
        let done = import.seen() >= import.total_rows;
        let progress = Progress {
            position: Some((number + 1).to_string()),
            percent: (import.seen() * 100).checked_div(import.total_rows).unwrap_or(100).clamp(0, 100),
            data: json!({ "import_id": import.id, "total": import.total_rows, "added": import.added,
                "skipped": import.skipped, "invalid": import.invalid }),
            done,
        };
        jobs::advance(&claim, tx, can.now(), progress.clone()).await?;
        can.app().fault("inside a step")?;
        let (added, rows) = (import.added - before, told.len());
        let facts = json!({ "import": import.id, "job": claim.id, "dry_run": import.dry_run, "rows": rows,
            "leads_uploaded": added, "last_line": part.last_line });
        let change = Change::new(batch.container.subject(), (), facts, Outcome::Moved(progress));
        Ok(match import.dry_run {
            true => change.affecting(0).numbered(audit::IMPORT_TRIED),
            false => change.affecting(added as usize),
        })
    })
    .await
}

/// The rows of a part, with their leads or the reasons why they have none.
pub(super) struct Sorted {
    rows: Vec<(Row, Result<Given, Wrong>)>,
}

impl Sorted {
    pub fn of(columns: &[Column], in_list: bool, rows: Vec<Row>) -> Sorted {
        let sorted = rows.into_iter().map(|row| {
            let lead = lead(columns, &row.2, in_list);
            (row, lead)
        });
        Sorted { rows: sorted.collect() }
    }

    pub async fn add(&self, can: &Can<Create>, tx: &mut Tx, batch: &Batch) -> Result<Vec<ImportRow>> {
        let wanted =
            |(row, lead): &(Row, Result<Given, Wrong>)| lead.as_ref().ok().filter(|_| row.1 == 0).cloned();
        let given: Vec<Given> = self.rows.iter().filter_map(wanted).collect();
        let mut fates = add_batch(can, tx, batch, &given).await?.into_iter();
        let tell = |(row, lead): &(Row, Result<Given, Wrong>)| match lead {
            Err(wrong) => Ok(ImportRow::wrong(row, wrong)),
            Ok(lead) if row.1 > 0 => Ok(ImportRow::twin(row, lead.email.clone())),
            Ok(lead) => match fates.next() {
                Some(Ok(id)) => Ok(ImportRow::added(row, lead.email.clone(), (!batch.dry).then_some(id))),
                Some(Err(left)) => Ok(ImportRow::left_out(row, &left, lead.email.clone())),
                None => Err(Error::internal("a row without an outcome")),
            },
        };
        self.rows.iter().map(tell).collect()
    }
}

/// The import with the counts of these rows.
fn counted(mut import: LeadImport, told: &[ImportRow]) -> LeadImport {
    for row in told {
        match row.outcome.as_str() {
            "added" => import.added += 1,
            "skipped" => import.skipped += 1,
            _ => import.invalid += 1,
        }
        if let Some(reason) = &row.reason {
            *import.reasons.entry(reason.clone()).or_default() += 1;
        }
    }
    import
}
