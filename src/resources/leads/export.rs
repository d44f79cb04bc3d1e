//! Exports leads: all that the caller reaches, page by page.

use super::{Lead, store};
use crate::access::{Can, leads::Export};
use crate::audit::{Change, Subject};
use crate::error::Result;
use crate::http::{Format, Pieces, Streamed, absent_not_null};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// Leads of a page: the first, the fewest and the most. A page of long leads is followed by shorter ones.
const FIRST: i64 = 50;
const FEWEST: i64 = 10;
const MOST: i64 = 200;
/// Bytes of a page that is short, and of one that is long.
const SHORT: usize = 128 * 1024;
const LONG: usize = 1024 * 1024;

const COLUMNS: [&str; 26] = [
    "id",
    "email",
    "first_name",
    "last_name",
    "company_name",
    "job_title",
    "phone",
    "website",
    "personalization",
    "custom_variables",
    "status",
    "lt_interest_status",
    "pl_value_lead",
    "campaign",
    "list_id",
    "assigned_to",
    "uploaded_by_user",
    "company_domain",
    "email_open_count",
    "email_reply_count",
    "email_click_count",
    "verification_status",
    "timestamp_created",
    "timestamp_updated",
    "timestamp_last_contact",
    "timestamp_last_reply",
];

#[derive(Deserialize, JsonSchema)]
pub struct ExportLeads {
    /// The default is `csv`.
    #[serde(default)]
    format: Format,
    #[schemars(transform = absent_not_null)]
    campaign: Option<Uuid>,
    #[schemars(transform = absent_not_null)]
    list_id: Option<Uuid>,
}

impl ExportLeads {
    fn subject(&self, workspace: Uuid) -> Subject {
        match (self.campaign, self.list_id) {
            (Some(campaign), _) => Subject::new("campaign", campaign),
            (None, Some(list)) => Subject::new("lead_list", list),
            (None, None) => Subject::new("workspace", workspace),
        }
    }
}

/// A lead as a row of CSV, with its custom variables apart from the fields.
#[derive(Serialize)]
struct Row<'a> {
    #[serde(flatten)]
    lead: &'a Lead,
    custom_variables: &'a Map<String, Value>,
}

impl Row<'_> {
    fn of(lead: &Lead) -> Row<'_> {
        Row { lead, custom_variables: &lead.custom_variables }
    }
}

/// Records the export, and then begins it.
pub async fn export(can: Can<Export>, wanted: ExportLeads) -> Result<Streamed> {
    let turn = can.app().streams.take(can.workspace())?;
    let reading = can.renewed().await?;
    let (subject, format) = (wanted.subject(can.workspace()), wanted.format);
    let facts = json!({ "format": format.name(), "campaign": wanted.campaign, "list_id": wanted.list_id });
    can.write(async move |_, _| Ok(Change::new(subject, (), &facts, ()))).await?;
    let pages = Pages { can: reading, wanted, after: Uuid::nil(), limit: FIRST, begun: false };
    Streamed::new(turn, (format, &COLUMNS), "leads", pages).await
}

struct Pages {
    can: Can<Export>,
    wanted: ExportLeads,
    after: Uuid,
    limit: i64,
    begun: bool,
}

impl Pieces for Pages {
    async fn next(mut self) -> Result<Option<(Vec<u8>, Self)>> {
        if self.begun {
            self.can = self.can.renewed().await?;
        }
        let ExportLeads { campaign, list_id, .. } = self.wanted;
        let leads = store::exported(&self.can, (campaign, list_id), self.after, self.limit).await?;
        let Some(last) = leads.last() else { return Ok(None) };
        (self.after, self.begun) = (last.id, true);
        let format = self.wanted.format;
        let rows = match format {
            Format::Csv => format.rows(&COLUMNS, &leads.iter().map(Row::of).collect::<Vec<_>>())?,
            Format::Ndjson => format.rows(&COLUMNS, &leads)?,
        };
        self.limit = match rows.len() {
            bytes if bytes > LONG => (self.limit / 4).max(FEWEST),
            bytes if bytes < SHORT => (self.limit * 2).min(MOST),
            _ => self.limit,
        };
        Ok(Some((rows, self)))
    }
}
