use super::schema::{Details, Subscriptions};
use crate::access::{Can, workspace_billing::*};
use crate::error::Result;
use crate::http::{Json, Nothing};
use crate::resources::operations;

operations! {
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
    super::plan_details(&can).await.map(Json)
}

async fn subscription(can: Can<Read>, _: Nothing) -> Result<Json<Subscriptions>> {
    super::subscription_details(&can).await.map(Json)
}
