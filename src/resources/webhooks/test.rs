//! Sends an example to a webhook.

use super::deliver::{self, Outcome};
use super::sealed::Sealed;
use super::{EventType, Webhook, store};
use crate::access::{Can, webhooks::Test};
use crate::audit::Change;
use crate::error::Result;
use crate::resources::webhook_events::Attempt;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

#[derive(Clone, Serialize, JsonSchema)]
pub struct Tested {
    #[schemars(default)]
    pub success: bool,
    #[schemars(default)]
    pub message: &'static str,
    #[schemars(with = "f64", default)]
    pub response_time_ms: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64", default)]
    pub status_code: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String", default)]
    pub error: Option<String>,
}

/// The call is made before the transaction. Its payload has nothing of the workspace but its id.
pub async fn test(can: Can<Test>, id: Uuid) -> Result<Tested> {
    let (webhook, sealed) = store::shown_with_sealed(&can, id).await?;
    let sealed = Sealed::open(can.app(), can.workspace(), id, &sealed)?;
    let payload = example(&can, &webhook);
    let message = format!("msg_{}", can.new_id().simple());
    let outcome = deliver::send(can.app(), &webhook, &sealed, &message, &payload).await?;
    let url = webhook.target_hook_url;
    can.write(async move |can, tx| {
        let webhook: Webhook = can.find(&mut *tx, id).await?;
        let Outcome { status, error, milliseconds } = outcome.clone();
        let attempt = Attempt {
            webhook: id,
            url: url.clone(),
            event: None,
            lead: None,
            account: None,
            lead_email: None,
            payload: payload.clone(),
            before: 0,
            status,
            error: error.clone(),
            milliseconds,
            next: None,
        };
        attempt.note(can.app(), can.workspace(), tx).await?;
        let success = error.is_none();
        let message = if success { "Webhook test successful" } else { "Webhook test failed" };
        let answer = Tested { success, message, response_time_ms: milliseconds, status_code: status, error };
        Ok(Change::new(webhook.subject(), (), json!(answer), answer))
    })
    .await
}

fn example(can: &Can<Test>, webhook: &Webhook) -> Map<String, Value> {
    let kind = webhook.event_type.filter(|kind| *kind != EventType::AllEvents);
    let kind = kind.unwrap_or(EventType::LeadInterested);
    let example = json!({
        "timestamp": can.now(),
        "event_type": kind.name(),
        "workspace": can.workspace(),
        "campaign_id": null,
        "campaign_name": "Example campaign",
        "lead_email": "jane@lead.example",
        "email": "jane@lead.example",
        "firstName": "Jane",
        "is_test": true,
    });
    example.as_object().cloned().unwrap_or_default()
}
