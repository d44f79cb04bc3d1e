//! The JSON face of the audit log.

use super::AuditLog;
use super::list::Filter;
use crate::access::{Can, audit_logs::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Page, Query};
use aide::axum::{ApiRouter, routing::get};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new().api_route("/api/v2/audit-logs", get(list))
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<AuditLog>>> {
    super::list(can, filter).await.map(Json)
}
