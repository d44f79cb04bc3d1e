use super::schema::{Details, Subscriptions};
use crate::access::{Can, workspace_billing::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Nothing};
use aide::axum::ApiRouter;
use aide::axum::routing::get;

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/workspace-billing/plan-details", get(plan))
        .api_route("/api/v2/workspace-billing/subscription-details", get(subscription))
}

async fn plan(can: Can<Read>, _: Nothing) -> Result<Json<Details>> {
    super::plan_details(&can).await.map(Json)
}

async fn subscription(can: Can<Read>, _: Nothing) -> Result<Json<Subscriptions>> {
    super::subscription_details(&can).await.map(Json)
}
