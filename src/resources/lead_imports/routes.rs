//! The JSON face of imports.

use super::inspect::Inspection;
use super::list::Filter;
use super::options::{Inspected, NewImport};
use super::report_file::ReportFile;
use super::{ImportRow, LeadImport};
use crate::access::{Can, lead_imports::*};
use crate::error::Result;
use crate::http::{Id, Json, LARGEST_FILE, Nothing, Page, Paging, Path, Query, Streamed, Upload};
use crate::resources::operations;

operations! {
    /// Inspect a CSV file
    ///
    /// Says which encoding and separator the file has, whether its first row names the columns, and what
    /// each column would become. Stores nothing. Takes the same bodies as the import.
    POST "/api/v2/lead-imports/inspect" => inspect as "inspectLeadImport"
        with { "csv": "Email;First Name;City\nkim@lead.example;Kim;Oslo\n" }
        + ours + takes(LARGEST_FILE);

    /// Import leads from a CSV file
    ///
    /// The body is the file, with a content type such as `text/csv` and the options in the query string.
    /// Or it is JSON with the file in `csv` and the options beside it. Encoding, separator and header are
    /// detected unless the caller says them. A column becomes a field of the lead if its name is known,
    /// and a custom variable otherwise; `mapping` and saved mappings change that.
    ///
    /// Starts a background job. The job adds the leads with the rights that the caller has at each of its
    /// steps, by the rules of `POST /api/v2/leads/add`. `GET /api/v2/lead-imports/{id}/rows` reports on
    /// every row. With `dry_run` nothing is added. Takes at most 24 MB and 200,000 rows. A workspace has
    /// at most 20 imports that have not ended. Imports and their reports are kept for 30 days.
    POST "/api/v2/lead-imports" => create as "createLeadImport"
        with {
            "campaign_id": "01890000-0000-7000-8000-000000000001",
            "csv": "Email;First Name;City\nkim@lead.example;Kim;Oslo\n",
            "mapping": { "City": "custom_variables.city" }
        }
        + ours + takes(LARGEST_FILE);

    /// List lead imports
    ///
    /// Newest first. Owners and admins see all imports of the workspace. Other callers see the imports
    /// that they started.
    GET "/api/v2/lead-imports" => list as "listLeadImport" + ours;

    /// Get a lead import
    ///
    /// Says how far the import has come, and how many rows were added, skipped and invalid.
    GET "/api/v2/lead-imports/{id}" => show as "getLeadImport" + ours;

    /// List the rows of a lead import
    ///
    /// In the order of the file. Says what became of each row and why. Rows that the job has not reached
    /// yet are missing. If a lead has the address already, callers who see that lead are told which it is.
    GET "/api/v2/lead-imports/{id}/rows" => rows as "listLeadImportRows" + ours;

    /// Download the report on a lead import
    ///
    /// Answers the rows of the report as CSV or as one JSON object for each line, in the order of the file.
    /// The answer comes in pieces, and the rights are read again for each piece. In CSV a cell that begins
    /// like a formula has a `'` before it.
    GET "/api/v2/lead-imports/{id}/report" => report as "downloadLeadImportReport" + ours;

    /// Cancel a lead import
    ///
    /// The leads that were added stay. Answers 409 if the import has already ended.
    POST "/api/v2/lead-imports/{id}/cancel" => cancel as "cancelLeadImport" + ours;
}

async fn inspect(can: Can<Inspect>, upload: Upload<Inspected>) -> Result<Json<Inspection>> {
    let (wanted, file) = upload.read().await?;
    super::inspect(can, wanted, file).await.map(Json)
}

async fn create(can: Can<Create>, upload: Upload<NewImport>) -> Result<Json<LeadImport>> {
    let (new, file) = upload.read().await?;
    super::create(can, new, file).await.map(Json)
}

async fn list(can: Can<Read>, Query(paging): Query<Paging>) -> Result<Json<Page<LeadImport>>> {
    super::list(can, paging).await.map(Json)
}

async fn show(can: Can<Read>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<LeadImport>> {
    super::show(can, id).await.map(Json)
}

async fn rows(
    can: Can<Read>,
    Path(Id { id }): Path<Id>,
    Query(filter): Query<Filter>,
    _: Nothing,
) -> Result<Json<Page<ImportRow, i64>>> {
    super::rows(can, id, filter).await.map(Json)
}

async fn report(
    can: Can<Read>,
    Path(Id { id }): Path<Id>,
    Query(wanted): Query<ReportFile>,
    _: Nothing,
) -> Result<Streamed> {
    super::report(can, id, wanted).await
}

async fn cancel(can: Can<Cancel>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<LeadImport>> {
    super::cancel(can, id).await.map(Json)
}
