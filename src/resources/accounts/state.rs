//! Pausing, resuming and mending. Where there is nothing to do, the account stays as it is.

use super::routes::{Email, subject};
use super::{ACTIVE, Account, PAUSED, address, store};
use crate::access::{Can, Permission, accounts::*};
use crate::audit::{Change, Subject};
use crate::error::Result;
use crate::http::{Json, Nothing, Path};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

pub async fn pause(can: Can<Pause>, Path(path): Path<Email>, _: Nothing) -> Result<Json<Account>> {
    set(can, path.email, |_| PAUSED).await
}

pub async fn resume(can: Can<Resume>, Path(path): Path<Email>, _: Nothing) -> Result<Json<Account>> {
    set(can, path.email, |status| if status == PAUSED { ACTIVE } else { status }).await
}

/// After a repair: an error is forgotten.
pub async fn mark_fixed(can: Can<Mend>, Path(path): Path<Email>, _: Nothing) -> Result<Json<Account>> {
    set(can, path.email, |status| if status < 0 { ACTIVE } else { status }).await
}

async fn set<P: Permission>(can: Can<P>, email: String, to: fn(i64) -> i64) -> Result<Json<Account>> {
    let changed = can.write(async move |can, tx| {
        let before = store::find(can, &mut *tx, &email).await?;
        let status = to(before.status);
        if status == before.status {
            return Ok(Change::updated(subject(&before), &before, before.clone()));
        }
        let status_message = before.status_message.clone().filter(|_| status != ACTIVE);
        let (modified_by, timestamp_updated) = (can.user(), can.now());
        let after = Account { status, status_message, modified_by, timestamp_updated, ..before.clone() };
        store::update(can, tx, &after).await?;
        Ok(Change::updated(subject(&before), &before, after))
    });
    changed.await.map(Json)
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Many {
    #[schemars(length(min = 1, max = 100))]
    emails: Vec<String>,
}

/// Each address is in one of the two.
#[derive(Clone, Serialize, JsonSchema)]
pub struct Paused {
    paused_emails: Vec<String>,
    /// Those that are not there, and those that the caller may not pause.
    failed_emails: Vec<String>,
}

pub async fn pause_many(can: Can<Pause>, Json(many): Json<Many>) -> Result<Json<Paused>> {
    let paused = can.write(async move |can, tx| {
        // As they were sent, each distinct one once.
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
    });
    paused.await.map(Json)
}
