//! Exports the audit log, page by page, newest first.

use super::{AuditLog, store, store::Wanted};
use crate::access::{Can, audit_logs::Export};
use crate::audit::{Change, Subject};
use crate::error::{Error, Result};
use crate::http::{Format, Pieces, Streamed, absent_not_null};
use crate::time::Time;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

/// Rows of a page. A page of more than 2 MB has fewer.
const ROWS: i64 = 200;

const COLUMNS: [&str; 17] = [
    "id",
    "timestamp",
    "action",
    "activity_type",
    "resource",
    "user",
    "user_name",
    "user_id",
    "from_api",
    "api_key_id",
    "ip_address",
    "user_agent",
    "affected_count",
    "campaign_id",
    "list_id",
    "organization_id",
    "audit_metadata",
];

#[derive(Deserialize, JsonSchema)]
pub struct ExportLog {
    /// The default is `csv`.
    #[serde(default)]
    pub(super) format: Format,
    /// The first day, `YYYY-MM-DD`, in UTC, or the first moment.
    #[schemars(transform = absent_not_null, length(max = 40))]
    pub(super) from: Option<String>,
    /// The last day, included, or the moment before which the export ends.
    #[schemars(transform = absent_not_null, length(max = 40))]
    pub(super) until: Option<String>,
}

/// A day, or a moment. `after` is added to a day.
fn moment(parameter: &str, text: Option<&str>, after: i64) -> Result<Option<Time>> {
    let Some(text) = text else { return Ok(None) };
    let day = || Time::of_day(text).map(|day| day.plus(after));
    let wrong = || Error::invalid(format!("querystring/{parameter} must be a day as YYYY-MM-DD, or a time"));
    Time::parse(text).or_else(day).ok_or_else(wrong).map(Some)
}

/// Records the export, and then begins it.
pub async fn export(can: Can<Export>, wanted: ExportLog) -> Result<Streamed> {
    let (from, until) =
        (moment("from", wanted.from.as_deref(), 0)?, moment("until", wanted.until.as_deref(), Time::DAY)?);
    let turn = can.app().streams.take(can.workspace())?;
    let (reading, format) = (can.renewed().await?, wanted.format);
    let facts = json!({ "format": format.name(), "from": from, "until": until });
    can.write(async move |can, _| {
        Ok(Change::new(Subject::new("workspace", can.workspace()), (), &facts, ()))
    })
    .await?;
    let pages = Pages { can: reading, format, from, until, before: Uuid::max(), begun: false };
    Streamed::new(turn, (format, &COLUMNS), "audit-log", pages).await
}

struct Pages {
    can: Can<Export>,
    format: Format,
    from: Option<Time>,
    until: Option<Time>,
    before: Uuid,
    begun: bool,
}

impl Pieces for Pages {
    async fn next(mut self) -> Result<Option<(Vec<u8>, Self)>> {
        if self.begun {
            self.can = self.can.renewed().await?;
        }
        let wanted = Wanted {
            before: self.before,
            limit: ROWS,
            from: self.from,
            until: self.until,
            ..Wanted::default()
        };
        let rows: Vec<AuditLog> = store::list(&self.can, wanted).await?;
        let Some(last) = rows.last() else { return Ok(None) };
        (self.before, self.begun) = (last.id, true);
        Ok(Some((self.format.rows(&COLUMNS, &rows)?, self)))
    }
}
