//! The JSON face of tags on campaigns and sending accounts.

use super::CustomTagMapping;
use super::list::Filter;
use super::toggle::{Done, ToggleTags};
use crate::access::{Can, custom_tag_mappings::*, custom_tags::Toggle};
use crate::error::Result;
use crate::http::{Json, Page, Query};
use crate::resources::operations;

operations! {
    /// List which tags are on which records
    ///
    /// Newest first. Lists only records that the caller can see.
    GET "/api/v2/custom-tag-mappings" => list as "listCustomTagMapping";

    /// Put tags on records, or take them off
    ///
    /// Works on campaigns or sending accounts that the caller may change. Takes at most 1,000 records and
    /// 10,000 pairs of a tag and a record. The short form `{tag_id, resource_id}` puts the tag on, or
    /// takes it off where it is on.
    POST "/api/v2/custom-tags/toggle-resource" => toggle as "toggleTagResource"
        with {
            "tag_ids": ["01890000-0000-7000-8000-000000000001"],
            "resource_type": 2,
            "resource_ids": ["01890000-0000-7000-8000-000000000002"],
            "assign": true
        };
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<CustomTagMapping>>> {
    super::list(can, filter).await.map(Json)
}

async fn toggle(can: Can<Toggle>, Json(wanted): Json<ToggleTags>) -> Result<Json<Done>> {
    super::toggle(can, wanted).await.map(Json)
}
