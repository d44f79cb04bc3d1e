//! The SQL of plans.

use super::Plan;
use crate::access::Caller;
use crate::db::{Json, Source, Tx, sql};
use crate::error::{Error, Result};

pub async fn plan(can: &Caller, from: impl Into<Source<'_>>) -> Result<Plan> {
    let stored = sql("select plan from workspaces where id = $1 and plan is not null").bind(can.workspace());
    let stored = stored.optional::<serde_json::Value>(from).await?;
    stored.map_or(Ok(Plan::default()), |plan| serde_json::from_value(plan).map_err(Error::internal))
}

/// Sets the plan, or clears it.
pub async fn set(can: &Caller, tx: &mut Tx, plan: Option<&Plan>) -> Result<u64> {
    sql("update workspaces set plan = $2 where id = $1")
        .bind(can.workspace())
        .bind(plan.map(Json::value))
        .run(tx)
        .await
}

pub async fn leads(can: &Caller) -> Result<i64> {
    let count = sql("select count(*) from leads where workspace_id = $1").bind(can.workspace());
    Ok(count.optional(can.reader()).await?.unwrap_or(0))
}
