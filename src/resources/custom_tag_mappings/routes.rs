//! The JSON face of tags on campaigns and sending accounts.

use super::CustomTagMapping;
use super::list::Filter;
use super::toggle::{Done, ToggleTags};
use crate::access::{Can, custom_tag_mappings::*, custom_tags::Toggle};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Page, Query};
use aide::axum::ApiRouter;
use aide::axum::routing::{get, post};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/custom-tag-mappings", get(list))
        .api_route("/api/v2/custom-tags/toggle-resource", post(toggle))
}

async fn list(can: Can<Read>, Query(filter): Query<Filter>) -> Result<Json<Page<CustomTagMapping>>> {
    super::list(can, filter).await.map(Json)
}

async fn toggle(can: Can<Toggle>, Json(wanted): Json<ToggleTags>) -> Result<Json<Done>> {
    super::toggle(can, wanted).await.map(Json)
}
