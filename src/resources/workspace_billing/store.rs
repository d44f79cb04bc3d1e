//! The SQL of plans.

use super::Plan;
use crate::access::Caller;
use crate::db::{Json, Source, Tx};
use crate::error::{Error, Result};

pub async fn plan(can: &Caller, from: impl Into<Source<'_>>) -> Result<Plan> {
    let stored = can.sql("select plan from workspaces where id = {here} and plan is not null");
    let stored = stored.optional::<serde_json::Value>(from).await?;
    stored.map_or(Ok(Plan::default()), |plan| serde_json::from_value(plan).map_err(Error::internal))
}

/// Sets the plan, or clears it.
pub async fn set(can: &Caller, tx: &mut Tx, plan: Option<&Plan>) -> Result<u64> {
    can.sql("update workspaces set plan = $1 where id = {here}").bind(plan.map(Json::value)).run(tx).await
}

pub async fn leads(can: &Caller) -> Result<i64> {
    let count = can.sql("select count(*) from leads where workspace_id = {here}");
    Ok(count.optional(can.reader()).await?.unwrap_or(0))
}
