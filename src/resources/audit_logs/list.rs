//! Reads a page of the audit log, newest first.

use super::{AuditLog, PAGE, store, store::Wanted};
use crate::access::{Can, audit_logs::Read};
use crate::error::Result;
use crate::http::{Page, Paging, day, optional_not_null};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

const DAY: i64 = 24 * 60 * 60 * 1000;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Filter {
    /// How many rows to return, 1 to 1000. The default is 10. A page of more than 2 MB ends early and has a cursor.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<i64>,
    starting_after: Option<Uuid>,
    activity_type: Option<f64>,
    /// In the permission, the resource, the person or the address.
    #[schemars(length(max = 200))]
    search: Option<String>,
    /// The first day, `YYYY-MM-DD`, in UTC.
    start_date: Option<String>,
    /// The last day, included.
    end_date: Option<String>,
}

pub async fn list(can: Can<Read>, filter: Filter) -> Result<Page<AuditLog>> {
    let paging = Paging { limit: filter.limit, starting_after: filter.starting_after };
    let limit = paging.limit();
    let wanted = Wanted {
        before: paging.before(),
        limit,
        activity_type: filter.activity_type.map(|number| number as i64),
        search: filter.search,
        from: day("start_date", filter.start_date.as_deref())?,
        until: day("end_date", filter.end_date.as_deref())?.map(|day| day.plus(DAY)),
        ..Wanted::default()
    };
    let rows = store::list(&can, wanted).await?;
    Ok(Page::up_to(PAGE, rows, limit, |row: &AuditLog| row.id))
}
