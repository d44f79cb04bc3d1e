use super::{Cap, CapPatch, Credits, Entry, Spend, Which};
use crate::access::{Can, credits::*};
use crate::error::Result;
use crate::http::{Json, Nothing, Page, Paging, Query};
use crate::resources::operations;

operations! {
    /// Get the credits that are left
    ///
    /// Shows who pays, what is available, this month's cap, and what was spent this month. A
    /// sub-workspace uses the credits of its admin workspace.
    GET "/api/v2/credits" => show as "getCredits" + ours;

    /// List what credits were spent on
    ///
    /// Newest first. A sub-workspace sees its own entries and not the balance of its admin workspace.
    GET "/api/v2/credits/entries" => entries as "listCreditEntries" + ours;

    /// Spend credits
    ///
    /// Takes the amount from the workspace that pays. Answers 402 if its balance, or the cap of a
    /// sub-workspace, does not suffice; then nothing is taken.
    POST "/api/v2/credits/spend" => spend_some as "spendCredits"
        with { "kind": "hyper", "amount": 3, "memo": "enrichment" } + ours;

    /// List the monthly caps of sub-workspaces
    ///
    /// For an admin workspace. Null means no cap.
    GET "/api/v2/credits/caps" => list_caps as "listCreditCaps" + ours;

    /// Set the monthly cap of a sub-workspace
    ///
    /// A kind that the body leaves out keeps its cap. Null removes a cap. A cap ends with the link to the
    /// sub-workspace.
    PATCH "/api/v2/credits/caps" => set_caps as "patchCreditCap"
        with { "sub_workspace_id": "01890000-0000-7000-8000-000000000001", "hyper": 500 } + ours;
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
