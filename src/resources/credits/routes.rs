use super::{Cap, CapPatch, Credit, Credits, Entry, Kind, Spend, Spending, Which, caps, payer, spend, store};
use crate::access::{Can, credits::*};
use crate::audit::{Change, Subject};
use crate::error::Result;
use crate::http::{Json, Nothing, Page, Paging, Query};
use crate::resources::operations;
use crate::resources::workspaces;
use serde_json::json;

operations! {
    router:

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
    let payer = payer(&can);
    let caps = store::caps(&can, can.reader()).await?;
    let mut items = Vec::new();
    for kind in Kind::ALL {
        let balance = store::balance(can.reader(), payer, kind).await?;
        let (cap, spent) = (caps.of(kind), store::spent(&can, can.reader(), payer, kind).await?);
        let of_cap = cap.map(|cap| (cap - spent).max(0));
        let available = balance.into_iter().chain(of_cap).min();
        items.push(Credit { kind, available, cap, spent_this_month: spent });
    }
    let name = match &can.grant.group {
        Some(group) => group.admin_name.clone(),
        None => workspaces::store::current(&can, can.reader()).await?.name,
    };
    Ok(Json(Credits { payer_workspace_id: payer, payer_workspace_name: name, items }))
}

/// Of a sub-workspace what was spent in it, and not what is left of its admin workspace's.
async fn entries(can: Can<Read>, Query(which): Query<Which>) -> Result<Json<Page<Entry>>> {
    let payer = payer(&can);
    let spent_in = (payer != can.workspace()).then(|| can.workspace());
    let mut entries = store::entries(&can, &which.paging, which.kind, (payer, spent_in)).await?;
    if spent_in.is_some() {
        entries.iter_mut().for_each(|entry| entry.balance = None);
    }
    Ok(Json(Page::new(entries, which.paging.limit(), |entry: &Entry| entry.id)))
}

async fn spend_some(can: Can<Use>, Json(wanted): Json<Spend>) -> Result<Json<Entry>> {
    let spent = can.write(async move |can, tx| {
        let spending = Spending { kind: wanted.kind, amount: wanted.amount, memo: wanted.memo.as_deref() };
        let mut entry = spend(can, tx, &spending).await?;
        let payer = payer(can);
        if payer != can.workspace() {
            entry.balance = None;
        }
        let facts = json!({ "kind": entry.kind, "amount": entry.amount, "memo": entry.memo });
        Ok(Change::new(Subject::new("credit_entry", entry.id), (), facts, entry).also_in(payer))
    });
    spent.await.map(Json)
}

async fn list_caps(can: Can<Read>, Query(paging): Query<Paging>) -> Result<Json<Page<Cap>>> {
    let found = caps::list(&can, &paging).await?;
    Ok(Json(Page::new(found, paging.limit(), |cap: &Cap| cap.id)))
}

async fn set_caps(can: Can<SetCaps>, Json(patch): Json<CapPatch>) -> Result<Json<Cap>> {
    caps::change(can, patch).await.map(Json)
}
