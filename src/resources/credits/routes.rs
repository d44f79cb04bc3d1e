use super::{Cap, CapPatch, Credits, Entry, Spend, Which};
use crate::access::{Can, credits::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Nothing, Page, Paging, Query, ours};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/credits", get_with(show, ours))
        .api_route("/api/v2/credits/entries", get_with(entries, ours))
        .api_route("/api/v2/credits/spend", post_with(spend_some, ours))
        .api_route("/api/v2/credits/caps", get_with(list_caps, ours).patch_with(set_caps, ours))
}

async fn show(can: Can<Read>, _: Nothing) -> Result<Json<Credits>> {
    super::show(&can).await.map(Json)
}

async fn entries(can: Can<Read>, Query(which): Query<Which>) -> Result<Json<Page<Entry>>> {
    super::entries(&can, &which).await.map(Json)
}

async fn spend_some(can: Can<Use>, Json(wanted): Json<Spend>) -> Result<Json<Entry>> {
    super::spend(can, wanted).await.map(Json)
}

async fn list_caps(can: Can<Read>, Query(paging): Query<Paging>) -> Result<Json<Page<Cap>>> {
    super::list_caps(&can, &paging).await.map(Json)
}

async fn set_caps(can: Can<SetCaps>, Json(patch): Json<CapPatch>) -> Result<Json<Cap>> {
    super::set_caps(can, patch).await.map(Json)
}
