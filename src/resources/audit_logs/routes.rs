use super::{AuditLog, PAGE, store, store::Wanted};
use crate::access::{Can, audit_logs::*};
use crate::error::Result;
use crate::http::{Json, Page, Paging, Query, absent_not_null, day};
use crate::resources::operations;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

const DAY: i64 = 24 * 60 * 60 * 1000;

operations! {
    router:

    /// List the audit log
    ///
    /// Newest first. A row says who did what to which record, from where, and whether it was refused.
    /// Refused attempts that are alike share a row with a count. A page ends at 2 MB, whatever its limit.
    GET "/api/v2/audit-logs" => list as "listAuditLog";
}

#[derive(Deserialize, JsonSchema)]
struct Filter {
    /// How many rows to give, 1 to 1000; 10 if it is left out. A page ends at 2 MB in any case, with its cursor.
    #[schemars(transform = absent_not_null, range(min = 1, max = 1000))]
    limit: Option<i64>,
    #[schemars(transform = absent_not_null)]
    starting_after: Option<Uuid>,
    #[schemars(transform = absent_not_null)]
    activity_type: Option<f64>,
    /// In the permission, the subject, the person or the address.
    #[schemars(transform = absent_not_null, length(max = 200))]
    search: Option<String>,
    /// The first day, `YYYY-MM-DD`, in UTC.
    #[schemars(transform = absent_not_null)]
    start_date: Option<String>,
    /// The last day, itself included.
    #[schemars(transform = absent_not_null)]
    end_date: Option<String>,
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<AuditLog>>> {
    let paging = Paging { limit: filter.limit, starting_after: filter.starting_after };
    let limit = paging.limit();
    let wanted = Wanted {
        before: paging.before(),
        limit,
        activity_type: filter.activity_type.map(|number| number as i64),
        search: filter.search,
        from: day("start_date", filter.start_date.as_deref())?,
        until: day("end_date", filter.end_date.as_deref())?.map(|day| day.plus(DAY)),
    };
    let rows = store::list(&can, wanted).await?;
    Ok(Json(Page::up_to(PAGE, rows, limit, |row: &AuditLog| row.id)))
}
