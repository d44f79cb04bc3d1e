//! One step of the job that moves accounts.

use super::{Data, Failed, Sides};
use crate::access::{Can, Step, accounts::Move};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::error::{Error, Result};
use crate::jobs::{self, Claim, Outcome, Progress};
use crate::resources::accounts;
use serde_json::json;

/// Accounts in one step.
const ACCOUNTS: usize = 25;

/// Moves the next accounts, in the order of their addresses.
pub async fn step(app: &App, claim: &Claim) -> Result<Outcome> {
    let can = Can::<Move>::job(app, claim.asker()?).await?;
    let claim = claim.clone();
    can.write(async move |can, tx| {
        let mut data: Data = serde_json::from_value(claim.data.clone()).map_err(Error::internal)?;
        let refused = |why| Error::refused(Step::Delegation, why);
        let sides = Sides::of(can, &data, &mut *tx).await?.map_err(refused)?;
        let after = claim.position.clone().unwrap_or_default();
        let next: Vec<String> =
            data.emails.iter().filter(|email| **email > after).take(ACCOUNTS).cloned().collect();
        let mut moved = Vec::new();
        for email in &next {
            match accounts::move_one(&sides.source, &sides.destination, tx, email).await? {
                Ok(()) => moved.push(email.clone()),
                Err(reason) => {
                    data.failed_emails.push(Failed { email: email.clone(), reason: reason.to_owned() });
                }
            }
        }
        data.moved += moved.len();
        let seen = data.moved + data.failed_emails.len();
        let done = next.len() < ACCOUNTS;
        let percent = if done { 100 } else { (seen * 100 / data.emails.len().max(1)).min(99) as i64 };
        let position = next.last().cloned().or(claim.position.clone());
        let progress = Progress { position, percent, data: json!(data), done };
        jobs::advance(&claim, tx, can.now(), progress.clone()).await?;
        can.app().fault("inside a step")?;
        let facts = json!({ "job": claim.id, "from": data.source_workspace_id,
            "to": data.destination_workspace_id, "accounts": moved });
        let subject = Subject::new("workspace", can.workspace());
        let change = Change::new(subject, (), facts, Outcome::Moved(progress)).affecting(moved.len());
        // Each workspace records which accounts left it or arrived, but not the other workspace.
        let out = json!({ "job": claim.id, "moved_out": moved });
        let into = json!({ "job": claim.id, "moved_in": moved });
        Ok(change.also_in_as(data.source_workspace_id, out).also_in_as(data.destination_workspace_id, into))
    })
    .await
}
