use super::{CustomTag, store};
use crate::access::{Can, custom_tags::Read};
use crate::error::Result;
use crate::http::{Paging, ids, optional_not_null, pattern};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Filter {
    #[serde(flatten)]
    pub paging: Paging,
    #[schemars(length(max = 200))]
    search: Option<String>,
    /// Tags on any of these resources: UUIDs with commas between.
    resource_ids: Option<String>,
    tag_ids: Option<String>,
}

impl Filter {
    /// The newest tags, at most so many.
    pub fn of(limit: i64) -> Filter {
        Filter::after(limit, None)
    }

    /// The tags after this one.
    pub fn after(limit: i64, starting_after: Option<Uuid>) -> Filter {
        let paging = Paging { limit: Some(limit), starting_after };
        Filter { paging, search: None, resource_ids: None, tag_ids: None }
    }
}

pub async fn list(can: &Can<Read>, filter: &Filter) -> Result<Vec<CustomTag>> {
    let tags = ids("tag_ids", filter.tag_ids.as_deref())?;
    let resources = ids("resource_ids", filter.resource_ids.as_deref())?;
    let found = can.list::<CustomTag>(&filter.paging, |out| {
        let search = filter.search.as_deref().map(pattern);
        out.given(search, " and t.search like ", " escape '\\'");
        out.given_list(tags.as_deref(), " and t.id in (", ")");
        if let Some(resources) = &resources {
            store::is_on(can, resources, out);
        }
    });
    found.all(can.reader()).await
}
