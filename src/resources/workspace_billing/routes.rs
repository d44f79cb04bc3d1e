use super::details::{Counted, details, subscriptions};
use super::schema::{Details, Subscriptions};
use super::store;
use crate::access::{Can, workspace_billing::*};
use crate::error::Result;
use crate::http::{Json, Nothing};
use crate::resources::credits::{self, Kind};
use crate::resources::operations;
use crate::resources::workspaces;

operations! {
    router:

    /// Get the details of the workspace's plan
    ///
    /// The operator sets the plan: this server takes no payments. Counts what the workspace uses of it.
    GET "/api/v2/workspace-billing/plan-details" => plan as "getWorkspacePlanDetails";

    /// Get the workspace's subscriptions
    ///
    /// The operator sets the plan: this server takes no payments.
    GET "/api/v2/workspace-billing/subscription-details" => subscription as "getWorkspaceSubscriptionDetails";
}

async fn plan(can: Can<Read>, _: Nothing) -> Result<Json<Details>> {
    let workspace = workspaces::store::current(&can, can.reader()).await?;
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
