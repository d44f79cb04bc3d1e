//! The resources that the plan of a workspace excludes.

use super::store;
use crate::access::{ACTIONS, Can, workspaces::Update};
use crate::audit::{Change, Subject};
use crate::error::{Error, Result};
use serde_json::json;

/// Excludes resources and includes others again. It returns all that are excluded then. Only the operator calls this.
pub async fn exclude(can: Can<Update>, deny: Vec<String>, allow: Vec<String>) -> Result<Vec<String>> {
    let known = |name: &String| ACTIONS.iter().any(|action| action.resource == name);
    if let Some(name) = deny.iter().chain(&allow).find(|name| !known(name)) {
        let mut names: Vec<_> = ACTIONS.iter().map(|action| action.resource).collect();
        names.dedup();
        return Err(Error::invalid(format!(
            "`{name}` is not a resource; the resources are {}",
            names.join(", ")
        )));
    }
    can.write(async move |can, tx| {
        let before = store::denied(can, &mut *tx).await?;
        let mut after: Vec<String> =
            before.iter().chain(&deny).filter(|name| !allow.contains(name)).cloned().collect();
        after.sort_unstable();
        after.dedup();
        store::deny(can, tx, &after).await?;
        let [was, is] = [&before, &after].map(|denied| json!({ "denied": denied }));
        Ok(Change::new(Subject::new("workspace", can.workspace()), was, is, after))
    })
    .await
}
