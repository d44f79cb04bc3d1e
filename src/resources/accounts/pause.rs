//! Pauses one sending account, or many.

use super::status::change_status;
use super::{Account, PAUSED, address, store};
use crate::access::{Can, accounts::Pause};
use crate::audit::{Change, Subject};
use crate::error::Result;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

pub async fn pause(can: Can<Pause>, email: String) -> Result<Account> {
    change_status(can, email, |_| PAUSED).await
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Many {
    #[schemars(length(min = 1, max = 100))]
    emails: Vec<String>,
}

/// Each address is in one of the two lists.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Paused {
    paused_emails: Vec<String>,
    /// Addresses without an account, and accounts that the caller cannot pause.
    failed_emails: Vec<String>,
}

pub async fn pause_many(can: Can<Pause>, many: Many) -> Result<Paused> {
    can.write(async move |can, tx| {
        // The answer names each address once, in the form in which it was sent.
        let wanted: BTreeMap<String, &String> =
            many.emails.iter().map(|email| (address(email), email)).collect();
        let found = store::within(can, &mut *tx, &wanted.keys().cloned().collect::<Vec<_>>()).await?;
        let ids: Vec<_> = found.iter().map(|account| account.id).collect();
        let changed = store::set_status(can, tx, &ids, PAUSED).await?;
        let is_paused = |email: &String| found.iter().any(|account| account.email == *email);
        let (paused, failed): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|(email, _)| is_paused(email));
        let sent = |all: Vec<(String, &String)>| all.into_iter().map(|(_, email)| email.clone()).collect();
        let answer = Paused { paused_emails: sent(paused), failed_emails: sent(failed) };
        let subject = match ids.as_slice() {
            [id] => Subject::new("account", *id),
            _ => Subject::new("workspace", can.workspace()),
        };
        let after = json!({ "paused_emails": answer.paused_emails });
        Ok(Change::new(subject, (), after, answer).affecting(changed as usize))
    })
    .await
}
