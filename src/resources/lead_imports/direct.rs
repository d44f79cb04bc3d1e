//! An import without a job, for the command line. Each part of the file is a transaction with its own audit row, and the
//! caller gets the report on it at once.

use super::create::{Read, variables};
use super::file::FilePart;
use super::options::{Reading, Wanted};
use super::pack::unpack;
use super::step::Sorted;
use super::{Column, ImportRow};
use crate::access::{Can, leads::Create};
use crate::audit::{self, Change};
use crate::error::Result;
use crate::resources::campaigns;
use crate::resources::lead_containers::Container;
use crate::resources::lead_import_mappings::Targets;
use crate::resources::leads::Batch;
use bytes::Bytes;
use serde_json::json;
use std::sync::Arc;
use std::vec::IntoIter;

pub struct Direct {
    file_name: Option<String>,
    batch: Batch,
    columns: Arc<[Column]>,
    rows: i64,
    parts: IntoIter<FilePart>,
}

impl Direct {
    /// Reads the file. Nothing is written yet.
    pub fn open(wanted: Wanted, mapping: &Targets, file: Bytes) -> Result<Direct> {
        let container = Container::one("campaign_id", wanted.campaign_id, wanted.list_id)?;
        let read = Read::of(file, &Reading::default(), mapping, container.list().is_some())?;
        let batch = Batch {
            container,
            assigned_to: wanted.assigned_to,
            skip: wanted.skip,
            dry: wanted.dry_run,
            verify: wanted.verify_leads_on_import,
        };
        let (rows, file_name) = (read.rows(), wanted.file_name);
        Ok(Direct { file_name, batch, columns: read.columns.into(), rows, parts: read.parts.into_iter() })
    }

    /// How many rows the file has.
    pub fn rows(&self) -> i64 {
        self.rows
    }

    /// Adds the leads of the next part, and says what became of its rows. None at the end.
    pub async fn next(&mut self, can: Can<Create>) -> Result<Option<Vec<ImportRow>>> {
        let Some(part) = self.parts.next() else { return Ok(None) };
        let sorted = Sorted::of(&self.columns, self.batch.container.list().is_some(), unpack(&part.packed)?);
        let (batch, columns) = (self.batch.clone(), self.columns.clone());
        let (file, last) = (self.file_name.clone(), part.last_line);
        let told = can.write(async move |can, tx| {
            if let (Some(campaign), false) = (batch.container.campaign(), batch.dry) {
                // Too many names are refused with the first part, and not after half of the file.
                campaigns::name_variables(can, tx, campaign, variables(&columns).iter()).await?;
            }
            let told = sorted.add(can, tx, &batch).await?;
            let added = told.iter().filter(|row| row.outcome == "added").count();
            let facts = json!({ "file_name": file, "dry_run": batch.dry, "rows": told.len(),
                "leads_uploaded": added, "last_line": last });
            let change = Change::new(batch.container.subject(), (), facts, told);
            Ok(match batch.dry {
                true => change.affecting(0).numbered(audit::IMPORT_TRIED),
                false => change.affecting(added),
            })
        });
        told.await.map(Some)
    }
}
