use super::details::{Counted, details, subscriptions};
use super::schema::{Details, Subscriptions};
use super::store;
use crate::access::{Can, workspace_billing::*};
use crate::app::App;
use crate::error::Result;
use crate::http::{Json, Nothing};
use crate::resources::credits::{self, Kind};
use crate::resources::workspaces;
use aide::axum::ApiRouter;
use aide::axum::routing::get;

pub fn router() -> ApiRouter<App> {
    ApiRouter::new()
        .api_route("/api/v2/workspace-billing/plan-details", get(plan))
        .api_route("/api/v2/workspace-billing/subscription-details", get(subscription))
}

async fn plan(can: Can<Read>, _: Nothing) -> Result<Json<Details>> {
    let workspace = workspaces::current(&can, can.reader()).await?;
    let counted = Counted {
        leads: store::leads(&can).await?,
        hyper: credits::store::granted(&can, Kind::Hyper).await?,
        inbox_placement: credits::store::granted(&can, Kind::InboxPlacement).await?,
    };
    let plan = store::plan(&can, can.reader()).await?;
    Ok(Json(details((workspace.id, workspace.name), &plan, &counted)))
}

async fn subscription(can: Can<Read>, _: Nothing) -> Result<Json<Subscriptions>> {
    let plan = store::plan(&can, can.reader()).await?;
    Ok(Json(subscriptions(can.workspace(), &plan, can.now())))
}
