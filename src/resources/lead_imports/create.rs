//! Starts an import: reads the file, and stores its parts with the job that adds its leads.

use super::columns::{Column, fit};
use super::file::{File, FilePart};
use super::options::{NewImport, Reading};
use super::{ImportPart, LeadImport, store, targets};
use crate::access::{Can, lead_imports::Create, leads};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::Uploaded;
use crate::jobs::{self, Kind, New};
use crate::resources::campaigns;
use crate::resources::lead_containers::Container;
use crate::resources::lead_import_mappings::Targets;
use bytes::Bytes;
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Imports of a workspace that have not ended.
const OPEN: i64 = 20;

/// Parts of one statement.
const AT_ONCE: usize = 8;

/// What a file says, and its rows.
pub(super) struct Read {
    encoding: String,
    separator: String,
    header: bool,
    pub columns: Vec<Column>,
    pub parts: Vec<FilePart>,
}

impl Read {
    pub fn of(bytes: Bytes, reading: &Reading, targets: &Targets, in_list: bool) -> Result<Read> {
        let file = File::open(bytes, reading, targets)?;
        fit(&file.columns, in_list)?;
        let parts = file.parts(in_list)?;
        if parts.is_empty() {
            return Err(Error::invalid("body must have at least one row besides the header"));
        }
        let (encoding, separator, header) = (file.encoding(), file.separator().to_owned(), file.header());
        Ok(Read { encoding, separator, header, columns: file.columns, parts })
    }

    pub fn rows(&self) -> i64 {
        self.parts.iter().map(|part| part.rows as i64).sum()
    }
}

pub async fn create(can: Can<Create>, new: NewImport, file: Uploaded) -> Result<LeadImport> {
    can.also::<leads::Create>()?;
    let (wanted, reading) = (new.options.wanted, new.options.reading);
    let container = Container::one("campaign_id", wanted.campaign_id, wanted.list_id)?;
    let targets = targets(&can, reading.mapping_id, new.mapping).await?;
    let in_list = container.list().is_some();
    let read = file.through(move |bytes| Read::of(bytes, &reading, &targets, in_list)).await?;
    can.write(async move |can, tx| {
        let import = LeadImport {
            id: can.id_of_new(),
            workspace_id: can.workspace(),
            timestamp_created: can.now(),
            user_id: can.user(),
            campaign_id: container.campaign(),
            list_id: container.list(),
            file_name: wanted.file_name.clone(),
            dry_run: wanted.dry_run,
            encoding: read.encoding.clone(),
            separator: read.separator.clone(),
            header: read.header,
            columns: read.columns.clone(),
            assigned_to: wanted.assigned_to.clone(),
            skip: wanted.skip,
            verify_leads_on_import: wanted.verify_leads_on_import,
            total_rows: read.rows(),
            added: 0,
            skipped: 0,
            invalid: 0,
            reasons: BTreeMap::new(),
            background_job_id: String::new(),
            status: Some("pending".to_owned()),
            progress: Some(0),
            error: None,
        };
        let import = start(can, tx, import, &read.parts).await?;
        let facts = json!({ "file_name": import.file_name, "rows": import.total_rows, "dry_run": import.dry_run,
            "encoding": import.encoding, "job": import.background_job_id });
        let (subject, campaign, list) = (import.subject(), import.campaign_id, import.list_id);
        Ok(Change::new(subject, (), facts, import).affecting(0).inside(campaign, list))
    })
    .await
}

async fn start(
    can: &Can<Create>,
    tx: &mut Tx,
    mut import: LeadImport,
    parts: &[FilePart],
) -> Result<LeadImport> {
    import.batch()?.check(can, tx).await?;
    if store::open(can, tx).await? >= OPEN {
        let said =
            format!("{OPEN} imports of this workspace have not ended yet. Wait for one, or cancel one.");
        return Err(Error::Conflict(said));
    }
    if let Some(campaign) = import.campaign_id.filter(|_| !import.dry_run) {
        // Too many names are refused now, and not after half of the file.
        let names = variables(&import.columns);
        campaigns::name_variables(can, tx, campaign, names.iter()).await?;
    }
    let data = json!({ "import_id": import.id, "total": import.total_rows });
    import.background_job_id = jobs::enqueue(can, tx, New::asked(can, Kind::ImportLeads, data)).await?;
    can.insert(tx, &import).await?;
    for (at, some) in parts.chunks(AT_ONCE).enumerate() {
        let some = stored(can, import.id, at * AT_ONCE, some);
        can.insert_all(tx, &some).await?;
    }
    Ok(import)
}

pub(super) fn variables(columns: &[Column]) -> Vec<String> {
    columns.iter().filter_map(Column::variable).map(str::to_owned).collect()
}

/// Parts as they are stored. `first` is the number of the first one.
fn stored(can: &Can<Create>, import: Uuid, first: usize, parts: &[FilePart]) -> Vec<ImportPart> {
    let stored = |(at, part): (usize, &FilePart)| ImportPart {
        id: can.new_id(),
        workspace_id: can.workspace(),
        import_id: import,
        number: (first + at) as i64,
        last_line: part.last_line,
        file_rows: part.packed.clone(),
        report: String::new(),
    };
    parts.iter().enumerate().map(stored).collect()
}
