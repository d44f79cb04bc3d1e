use super::{CustomTagMapping, store};
use crate::access::{Can, custom_tag_mappings::*};
use crate::error::Result;
use crate::http::{Json, Page, Paging, Query, absent_not_null, ids};
use crate::resources::operations;
use schemars::JsonSchema;
use serde::Deserialize;

operations! {
    router:

    /// List which tags are on which records
    ///
    /// Newest first. Lists only records that the caller can see.
    GET "/api/v2/custom-tag-mappings" => list as "listCustomTagMapping";
}

#[derive(Deserialize, JsonSchema)]
struct Filter {
    #[serde(flatten)]
    paging: Paging,
    /// Of these resources alone: UUIDs with commas between.
    #[schemars(transform = absent_not_null)]
    resource_ids: Option<String>,
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<CustomTagMapping>>> {
    let resources = ids("resource_ids", filter.resource_ids.as_deref())?;
    let mappings = store::list(&can, &filter.paging, resources.as_deref()).await?;
    Ok(Json(Page::new(mappings, filter.paging.limit(), |mapping: &CustomTagMapping| mapping.id)))
}
