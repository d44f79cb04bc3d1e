//! Imports of leads from CSV files. A file is read when it arrives, and stored in compressed parts. A job adds the leads of
//! one part in each step, with the rights of the caller who asked for it, and stores a report on every row.

mod cancel;
mod cells;
mod columns;
mod create;
mod direct;
mod file;
mod inspect;
mod layout;
mod list;
mod options;
mod pack;
mod pages;
mod report;
mod report_file;
mod routes;
mod step;
mod store;
mod text;
pub use cancel::cancel;
pub use create::create;
pub use direct::Direct;
pub use inspect::inspect;
pub use list::{list, rows, show};
pub use options::Wanted;
pub use pages::pages;
pub use report_file::report;
pub use routes::operations;
pub use step::step;

use crate::access::{Can, Permission, Resource, Shape};
use crate::audit::Subject;
use crate::db::stored;
use crate::error::{Error, Result};
use crate::http::absent_not_null;
use crate::resources::lead_containers::Container;
use crate::resources::lead_import_mappings::{Targets, targets_of};
use crate::resources::leads::{Batch, PresentLead, Skip};
use crate::time::Time;
use columns::Column;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LeadImport {
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub timestamp_created: Time,
    /// The user who asked for it; null for a workspace key.
    pub user_id: Option<Uuid>,
    pub campaign_id: Option<Uuid>,
    pub list_id: Option<Uuid>,
    pub file_name: Option<String>,
    /// Nothing is added. The report says what an import would do.
    pub dry_run: bool,
    pub encoding: String,
    #[schemars(extend("enum" = ["comma", "semicolon", "tab", "pipe"]))]
    pub separator: String,
    /// Whether the first row names the columns.
    pub header: bool,
    pub columns: Vec<Column>,
    pub assigned_to: Option<String>,
    pub skip: Skip,
    pub verify_leads_on_import: bool,
    /// Rows of the file, without the header.
    pub total_rows: i64,
    pub added: i64,
    pub skipped: i64,
    pub invalid: i64,
    /// How many rows were skipped or invalid, by the reason.
    pub reasons: BTreeMap<String, i64>,
    /// The job that adds the leads: `GET /api/v2/background-jobs/{id}`.
    pub background_job_id: String,
    #[schemars(extend("enum" = ["pending", "in-progress", "success", "failed", "cancelled"]))]
    pub status: Option<String>,
    /// Percent.
    pub progress: Option<i64>,
    /// Why it failed, or why it is tried again.
    pub error: Option<String>,
}

stored! { LeadImport: "lead_imports" as "i" {
    workspace workspace_id;
    joins "left join jobs j on j.workspace_id = i.workspace_id and j.id = i.job_id";
    fixed timestamp_created, user_id, campaign_id, list_id, total_rows, background_job_id = "job_id";
    columns added, skipped, invalid;
    packed "settings" = Settings {
        file_name, dry_run, encoding, separator, header, columns, assigned_to, skip, verify_leads_on_import, reasons
    };
    read status = "j.status", progress = "j.progress", error = "j.error";
} }

#[derive(Serialize, Deserialize)]
struct Settings {
    file_name: Option<String>,
    dry_run: bool,
    encoding: String,
    separator: String,
    header: bool,
    columns: Vec<Column>,
    assigned_to: Option<String>,
    skip: Skip,
    /// Older imports do not have it.
    #[serde(default)]
    verify_leads_on_import: bool,
    reasons: BTreeMap<String, i64>,
}

/// An import belongs to the caller who asked for it. A tag limit reaches the imports into campaigns with its tags.
impl Resource for LeadImport {
    const SHAPE: Shape = Shape {
        owner: Some("i.user_id"),
        tags: Some(
            "select g.tag_id from custom_tag_mappings g where g.workspace_id = i.workspace_id \
             and g.resource_id = i.campaign_id",
        ),
        ..Shape::of::<LeadImport>()
    };
}

pub const SHAPE: Shape = LeadImport::SHAPE;

/// A part of the file. Its rows are erased once they are imported, and the report takes their place.
#[derive(Clone, Debug)]
pub struct ImportPart {
    pub id: Uuid,
    pub workspace_id: Uuid,
    pub import_id: Uuid,
    pub number: i64,
    pub last_line: i64,
    pub file_rows: String,
    pub report: String,
}

stored! { ImportPart: "lead_import_parts" as "p" {
    workspace workspace_id;
    fixed import_id, number, last_line;
    columns file_rows, report;
} }

impl Resource for ImportPart {
    const SHAPE: Shape = Shape::of::<ImportPart>();
}

/// What became of a row.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ImportRow {
    /// The line of the file where the row begins. A row can have several lines.
    pub line: i64,
    #[schemars(extend("enum" = ["added", "skipped", "invalid"]))]
    pub outcome: String,
    /// Why the row was skipped or is invalid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null, extend("enum" = report::REASONS))]
    pub reason: Option<String>,
    /// The reason as a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub message: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub email: Option<String>,
    /// The lead that was added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub lead_id: Option<Uuid>,
    /// The lead that has the address already. Only callers who see that lead get this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub duplicate_of: Option<PresentLead>,
    /// The id of that lead, as the report is stored. No answer has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(skip)]
    present: Option<Uuid>,
}

impl LeadImport {
    fn subject(&self) -> Subject {
        Subject::new("lead_import", self.id)
    }

    fn batch(&self) -> Result<Batch> {
        Ok(Batch {
            container: Container::one("campaign_id", self.campaign_id, self.list_id)?,
            assigned_to: self.assigned_to.clone(),
            skip: self.skip,
            verify: self.verify_leads_on_import,
            dry: self.dry_run,
        })
    }

    fn seen(&self) -> i64 {
        self.added + self.skipped + self.invalid
    }
}

/// The targets that a caller gives, after those of the saved mapping that they name.
async fn targets<P: Permission>(
    can: &Can<P>,
    saved: Option<Uuid>,
    given: Option<Targets>,
) -> Result<Targets> {
    let mut targets = match saved {
        Some(id) => {
            let unknown = || Error::invalid("body/mapping_id must be a saved mapping of this workspace");
            targets_of(can, id).await?.ok_or_else(unknown)?
        }
        None => Targets::new(),
    };
    targets.extend(given.into_iter().flatten());
    Ok(targets)
}
