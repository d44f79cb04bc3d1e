use super::{Interest, LeadLabel};
use crate::access::{Can, lead_labels::Read};
use crate::error::Result;
use crate::http::{after_time, optional_not_null, pattern, position_in_time};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Filter {
    /// How many labels a page has, 1 to 100. The default is 10.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<i64>,
    /// `next_starting_after` of the page before: a time, or a time and an id with `&` between.
    #[schemars(length(max = 100))]
    starting_after: Option<String>,
    /// In the label.
    #[schemars(length(max = 200))]
    search: Option<String>,
    interest_status: Option<Interest>,
}

impl Filter {
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(10)
    }
}

/// Labels that a page shows.
const ALL: i64 = 200;

/// The newest labels.
pub async fn every(can: &Can<Read>) -> Result<Vec<LeadLabel>> {
    can.list_by::<LeadLabel>("b.timestamp_created desc, b.id desc", ALL, |_| {}).all(can.reader()).await
}

pub async fn list(can: &Can<Read>, filter: &Filter) -> Result<Vec<LeadLabel>> {
    let after = after_time(filter.starting_after.as_deref())?;
    let labels = can.list_by::<LeadLabel>("b.timestamp_created desc, b.id desc", filter.limit(), |out| {
        out.page_after(["b.timestamp_created", "b.id"], " < ", after);
        let search = filter.search.as_deref().map(pattern);
        out.given(search, " and b.search like ", " escape '\\'");
        out.given(filter.interest_status.map(Interest::name), " and b.interest_status_label = ", "");
    });
    labels.all(can.reader()).await
}

impl LeadLabel {
    /// Where the page after this label begins.
    pub(super) fn position(&self) -> String {
        position_in_time(self.timestamp_created, self.id)
    }
}
