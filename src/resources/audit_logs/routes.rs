//! The JSON face of the audit log.

use super::AuditLog;
use super::export::ExportLog;
use super::list::Filter;
use crate::access::{Can, audit_logs::*};
use crate::error::Result;
use crate::http::{Json, Nothing, Page, Query, Streamed};
use crate::resources::operations;

operations! {
    /// List the audit log
    ///
    /// Newest first. A row says who did what to which record, from where, and whether it was refused.
    /// Refused attempts that are alike share a row with a count. A page ends at 2 MB, whatever its limit.
    GET "/api/v2/audit-logs" => list as "listAuditLog";

    /// Export the audit log
    ///
    /// Answers all rows as the list has them, newest first, as CSV or as one JSON object for each line. The
    /// answer comes in pieces, and the rights are read again for each piece. If they are lost, the connection
    /// ends before the end of the answer. In CSV a cell that begins like a formula has a `'` before it. The
    /// export is in the audit log before its first byte. A workspace has at most 2 exports at a time.
    GET "/api/v2/audit-logs/export" => export as "exportAuditLog" + ours;
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<AuditLog>>> {
    super::list(can, filter).await.map(Json)
}

async fn export(can: Can<Export>, Query(wanted): Query<ExportLog>, _: Nothing) -> Result<Streamed> {
    super::export(can, wanted).await
}
