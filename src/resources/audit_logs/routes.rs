//! The JSON face of the audit log.

use super::AuditLog;
use super::list::Filter;
use crate::access::{Can, audit_logs::*};
use crate::error::Result;
use crate::http::{Json, Page, Query};
use crate::resources::operations;

operations! {
    router:

    /// List the audit log
    ///
    /// Newest first. A row says who did what to which record, from where, and whether it was refused.
    /// Refused attempts that are alike share a row with a count. A page ends at 2 MB, whatever its limit.
    GET "/api/v2/audit-logs" => list as "listAuditLog";
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<AuditLog>>> {
    super::list(can, filter).await.map(Json)
}
