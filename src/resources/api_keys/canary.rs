//! Warns the owner and the admins of a workspace when somebody uses one of its canary keys. Strangers cause these letters, so
//! they are an errand behind the answer, and a workspace gets at most one an hour.

use super::store;
use crate::access::tries::{Limit, count, forgive};
use crate::access::{Attempt, Can, api_keys::Warn};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::auth;
use crate::error::{Error, Result};
use crate::http::Locality;
use crate::jobs::outbox;
use crate::mail::letters::{self, CanaryUsed};
use crate::time::Time;
use serde_json::json;
use std::net::IpAddr;
use uuid::Uuid;

/// Queues the warning. If one address causes too many warnings, its calls are only in the audit log.
pub fn warn(app: &App, attempt: &Attempt, key: Uuid, from: IpAddr) {
    if app.mailer.is_none() {
        return;
    }
    let Ok(visit) = app.errands.enter(Locality::of(from)) else { return };
    let (app, workspace, address) = (app.clone(), attempt.workspace, attempt.actor.ip_address.clone());
    let queued = app.errands.clone().queue(visit, async move {
        if let Err(error) = warned(&app, workspace, key, address).await {
            tracing::warn!(%error, "nobody was warned of the use of a canary key");
        }
    });
    if let Err(error) = queued {
        tracing::warn!(%error, "nobody was warned of the use of a canary key");
    }
}

async fn warned(app: &App, workspace: Uuid, key: Uuid, address: String) -> Result<()> {
    let name = auth::hash(&format!("letter about canary keys of {workspace}"));
    let limit = [Limit { name, most: 1, window: Time::HOUR }];
    if !count(app, &limit).await? {
        return Ok(());
    }
    let sent = send(app, workspace, key, address).await;
    if sent.is_err() {
        forgive(app, &limit, false).await;
    }
    sent
}

async fn send(app: &App, workspace: Uuid, key: Uuid, address: String) -> Result<()> {
    Can::<Warn>::unattended(app, workspace)
        .write(async move |can, tx| {
            let names = store::canary::names(can, tx, key).await?;
            let (workspace, name) = names.ok_or_else(Error::hidden)?;
            let to = store::canary::managers(can, tx).await?;
            let url = format!("{}/w/{}/audit", can.app().public_url, can.workspace());
            let used = CanaryUsed { workspace: &workspace, key: &name, address: &address, url: &url };
            for to in &to {
                outbox::post(can, tx, &letters::canary(to, &used)?, "canary").await?;
            }
            let after = json!({ "name": name, "letters": to.len() });
            Ok(Change::new(Subject::new("api_key", key), (), after, ()))
        })
        .await
}
