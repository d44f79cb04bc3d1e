//! Reads a page of mappings.

use super::{CustomTagMapping, store};
use crate::access::{Can, custom_tag_mappings::Read};
use crate::error::Result;
use crate::http::{Page, Paging, absent_not_null, ids};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
pub struct Filter {
    #[serde(flatten)]
    paging: Paging,
    /// Only those of these resources: UUIDs separated by commas.
    #[schemars(transform = absent_not_null)]
    resource_ids: Option<String>,
}

pub async fn list(can: Can<Read>, filter: Filter) -> Result<Page<CustomTagMapping>> {
    let resources = ids("resource_ids", filter.resource_ids.as_deref())?;
    let mappings = store::list(&can, &filter.paging, resources.as_deref()).await?;
    Ok(Page::new(mappings, filter.paging.limit(), |mapping: &CustomTagMapping| mapping.id))
}
