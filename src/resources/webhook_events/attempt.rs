//! An attempt that was just made.

use super::WebhookEvent;
use crate::access::across;
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::time::Time;
use serde_json::{Map, Value};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct Attempt {
    pub webhook: Uuid,
    pub url: String,
    /// None for a test.
    pub event: Option<Uuid>,
    pub lead: Option<Uuid>,
    pub account: Option<Uuid>,
    pub lead_email: Option<String>,
    pub payload: Map<String, Value>,
    /// How many attempts came before.
    pub before: i64,
    pub status: Option<i64>,
    pub error: Option<String>,
    pub milliseconds: i64,
    pub next: Option<Time>,
}

impl Attempt {
    pub fn success(&self) -> bool {
        self.error.is_none()
    }

    pub async fn note(&self, app: &App, workspace: Uuid, tx: &mut Tx) -> Result<u64> {
        let row = WebhookEvent {
            id: app.new_id(),
            timestamp_created: app.now(),
            timestamp_created_date: String::new(),
            organization_id: workspace,
            payload: self.payload.clone(),
            success: self.success(),
            retry_count: self.before,
            will_retry: self.next.is_some(),
            webhook_url: self.url.clone(),
            status_code: self.status,
            error_message: self.error.clone(),
            timestamp_next_retry: self.next,
            retry_group_id: self.event,
            retry_successful: None,
            lead_email: self.lead_email.clone(),
            response_time_ms: Some(self.milliseconds),
            webhook_id: self.webhook,
            lead_id: self.lead,
            account_id: self.account,
        };
        across("the server writes down what it did for a webhook").insert(workspace, tx, &row).await
    }
}
