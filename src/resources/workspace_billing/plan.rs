//! Shows the plan of a workspace, and sets it.

use super::details::{Figures, details, subscriptions};
use super::schema::{Details, Subscriptions};
use super::{Plan, store};
use crate::access::{Caller, Can, workspace_billing::Read, workspaces::Update};
use crate::audit::{Change, Subject};
use crate::error::Result;
use crate::resources::credits::{self, Kind};
use crate::resources::workspaces;
use serde_json::json;

pub async fn plan_details(can: &Can<Read>) -> Result<Details> {
    let workspace = workspaces::current(can, can.reader()).await?;
    let figures = Figures {
        leads: store::leads(can).await?,
        hyper: credits::granted(can, Kind::Hyper).await?,
        inbox_placement: credits::granted(can, Kind::InboxPlacement).await?,
    };
    let plan = store::plan(can, can.reader()).await?;
    Ok(details(&workspace, &plan, &figures))
}

pub async fn subscription_details(can: &Can<Read>) -> Result<Subscriptions> {
    let plan = store::plan(can, can.reader()).await?;
    Ok(subscriptions(can.workspace(), &plan, can.now()))
}

/// The plan as the operator set it.
pub async fn stored_plan(can: &Caller) -> Result<Plan> {
    store::plan(can, &can.app().reader).await
}

/// Sets the plan, or clears it. Only the operator calls this.
pub async fn set_plan(can: Can<Update>, plan: Option<Plan>) -> Result<()> {
    can.write(async move |can, tx| {
        let before = store::plan(can, &mut *tx).await?;
        store::set(can, tx, plan.as_ref()).await?;
        let after = plan.clone().unwrap_or_default();
        let [was, is] = [&before, &after].map(|plan| json!({ "plan": plan }));
        Ok(Change::new(Subject::new("workspace", can.workspace()), was, is, ()))
    })
    .await
}
