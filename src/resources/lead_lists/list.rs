use super::LeadList;
use crate::access::{Can, Permission, lead_lists::Read};
use crate::error::Result;
use crate::http::{after_time, optional_not_null, pattern, position_in_time};
use crate::web::Choice;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Filter {
    /// How many lists a page has, 1 to 100. The default is 10.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<i64>,
    /// `next_starting_after` of the page before: a time, or a time and an id with `&` between.
    #[schemars(length(max = 100))]
    starting_after: Option<String>,
    has_enrichment_task: Option<bool>,
    /// In the name.
    #[schemars(length(max = 200))]
    search: Option<String>,
}

impl Filter {
    /// The newest lists, with this in their name.
    pub fn of(limit: i64, search: Option<String>, starting_after: Option<String>) -> Filter {
        Filter { limit: Some(limit), starting_after, has_enrichment_task: None, search }
    }

    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(10)
    }
}

pub async fn list(can: &Can<Read>, filter: &Filter) -> Result<Vec<LeadList>> {
    let after = after_time(filter.starting_after.as_deref())?;
    let lists = can.list_by::<LeadList>("i.timestamp_created desc, i.id desc", filter.limit(), |out| {
        out.page_after(["i.timestamp_created", "i.id"], " < ", after);
        let search = filter.search.as_deref().map(pattern);
        out.given(search, " and i.search like ", " escape '\\'");
        out.given(filter.has_enrichment_task, " and coalesce(i.has_enrichment_task, false) = ", "");
    });
    lists.all(can.reader()).await
}

/// The newest lists that the caller sees, as options.
pub async fn names<P: Permission>(can: &Can<P>) -> Result<Vec<Choice>> {
    let Ok(can) = can.further::<Read>() else { return Ok(vec![]) };
    let lists = list(&can, &Filter::of(100, None, None)).await?;
    Ok(lists.iter().map(|list| Choice::new(list.id, list.name.clone())).collect())
}

impl LeadList {
    /// Where the page after this list begins.
    pub fn position(&self) -> String {
        position_in_time(self.timestamp_created, self.id)
    }
}
