use super::{WebhookEvent, reads_records, store};
use crate::access::{Can, Near, webhook_events::Read};
use crate::db::Part;
use crate::error::Result;
use crate::http::{Paging, day, optional_not_null};
use crate::time::Time;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Filter {
    #[serde(flatten)]
    pub paging: Paging,
    success: Option<bool>,
    #[serde(flatten)]
    days: Days,
    /// The whole URL of a webhook, or the whole address of a lead.
    #[schemars(length(max = 2000))]
    search: Option<String>,
}

/// The days of a filter, in UTC.
#[derive(Default, Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Days {
    /// The first day, as `YYYY-MM-DD`.
    #[schemars(length(max = 40))]
    from: Option<String>,
    /// The last day.
    #[schemars(length(max = 40))]
    to: Option<String>,
}

impl Days {
    /// The moment at which the first day begins, and the one at which the last day ends.
    pub fn span(&self) -> Result<(Option<Time>, Option<Time>)> {
        let until = day("to", self.to.as_deref())?.map(|last| last.plus(Time::DAY));
        Ok((day("from", self.from.as_deref())?, until))
    }
}

/// Writes the span as conditions, each after ` and `.
pub fn within(out: &mut Part, (from, until): (Option<Time>, Option<Time>)) {
    out.given(from, " and h.timestamp_created >= ", "");
    out.given(until, " and h.timestamp_created < ", "");
}

pub async fn list(can: &Can<Read>, filter: &Filter) -> Result<Vec<WebhookEvent>> {
    reads_records(can)?;
    let span = filter.days.span()?;
    let found = can.list::<WebhookEvent>(&filter.paging, |out| {
        within(out, span);
        out.given(filter.success, " and h.success = ", "");
        if let Some(text) = &filter.search {
            out.given(Some(text), " and (h.webhook_url = ", "");
            out.given(Some(&text.to_lowercase()), " or h.lead_email = ", ")");
        }
    });
    found.all(can.reader()).await
}

/// Attempts on a page.
pub const ROWS: i64 = 50;

/// A page of the attempts of one webhook. None if the caller cannot read what they have.
pub async fn of_webhook(
    can: &Can<Read>,
    webhook: Uuid,
    starting_after: Option<Uuid>,
) -> Result<Option<Vec<(WebhookEvent, Near)>>> {
    if reads_records(can).is_err() {
        return Ok(None);
    }
    store::of_webhook(can, webhook, (starting_after.unwrap_or(Uuid::max()), ROWS)).await.map(Some)
}

pub async fn show(can: &Can<Read>, id: Uuid) -> Result<WebhookEvent> {
    reads_records(can)?;
    can.find(can.reader(), id).await
}
