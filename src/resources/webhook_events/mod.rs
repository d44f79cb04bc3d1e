//! Attempts to deliver events to webhooks. A caller sees an attempt if they see what it was about: its lead, or its account.
//! If the lead was deleted, only callers who see everything see the attempt.

mod attempt;
mod list;
mod redeliver;
mod routes;
mod store;
mod summary;
pub use attempt::Attempt;
pub use list::{ROWS, list, of_webhook, show};
pub use redeliver::redeliver;
pub use routes::operations;
pub use summary::{summary, summary_by_date};

use crate::access::{Can, Permission, Resource, Shape, accounts, leads};
use crate::audit::Subject;
use crate::db::stored;
use crate::error::Result;
use crate::time::Time;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WebhookEvent {
    pub id: Uuid,
    pub timestamp_created: Time,
    #[schemars(extend("format" = "date"))]
    pub timestamp_created_date: String,
    pub organization_id: Uuid,
    #[schemars(default)]
    pub payload: Map<String, Value>,
    /// Whether the target answered with a status from 200 to 299.
    pub success: bool,
    /// How many attempts came before this one.
    #[schemars(with = "f64")]
    pub retry_count: i64,
    pub will_retry: bool,
    pub webhook_url: String,
    #[schemars(with = "Option<f64>")]
    pub status_code: Option<i64>,
    pub error_message: Option<String>,
    pub timestamp_next_retry: Option<Time>,
    /// The event. All attempts to deliver it to all webhooks have it. Null for a test.
    pub retry_group_id: Option<Uuid>,
    /// Null for a first attempt.
    pub retry_successful: Option<bool>,
    pub lead_email: Option<String>,
    #[schemars(with = "Option<f64>")]
    pub response_time_ms: Option<i64>,
    #[schemars(extend("x-gatepost-extension" = true))]
    pub webhook_id: Uuid,
    #[serde(skip)]
    pub lead_id: Option<Uuid>,
    #[serde(skip)]
    pub account_id: Option<Uuid>,
}

stored! { WebhookEvent: "webhook_events" as "h" {
    workspace organization_id;
    fixed timestamp_created, webhook_id, retry_group_id = "event_id", lead_id, account_id, payload, success, retry_count,
        webhook_url, status_code, error_message, lead_email, response_time_ms;
    columns will_retry, timestamp_next_retry;
    derived "day" = |event| event.timestamp_created.0.div_euclid(Time::DAY);
    plain timestamp_created_date = String::new(), retry_successful = None;
    finish WebhookEvent::derived;
} }

impl Resource for WebhookEvent {
    const SHAPE: Shape = Shape {
        team: Some(
            "(h.lead_id is null or exists (select 1 from leads l where l.workspace_id = h.workspace_id \
             and l.id = h.lead_id and (l.list_id is not null or exists (select 1 from campaigns c \
             where c.workspace_id = l.workspace_id and c.id = l.campaign_id and c.visibility = 'team'))))",
        ),
        owner: Some(
            "(select l.assigned_to from leads l where l.workspace_id = h.workspace_id and l.id = h.lead_id)",
        ),
        collaborators: Some(
            "select k.member_id from leads l join campaign_collaborators k on k.workspace_id = l.workspace_id \
             and k.campaign_id = l.campaign_id where l.workspace_id = h.workspace_id and l.id = h.lead_id \
             union all select o.id from leads l join campaigns c on c.workspace_id = l.workspace_id \
             and c.id = l.campaign_id join members o on o.workspace_id = c.workspace_id \
             and o.user_id = c.owned_by where l.workspace_id = h.workspace_id and l.id = h.lead_id \
             union all select o.id from leads l join lead_lists i on i.workspace_id = l.workspace_id \
             and i.id = l.list_id join members o on o.workspace_id = i.workspace_id \
             and o.user_id = i.owned_by where l.workspace_id = h.workspace_id and l.id = h.lead_id",
        ),
        tags: Some(
            "select g.tag_id from leads l join custom_tag_mappings g on g.workspace_id = l.workspace_id \
             and g.resource_id = l.campaign_id where l.workspace_id = h.workspace_id and l.id = h.lead_id \
             union all select g.tag_id from custom_tag_mappings g where g.workspace_id = h.workspace_id \
             and g.resource_id = h.account_id",
        ),
        ..Shape::of::<WebhookEvent>()
    };
}

pub const SHAPE: Shape = WebhookEvent::SHAPE;

/// An attempt has the data of a lead or of a sending account. A key needs the scopes for these too.
fn reads_records<P: Permission>(can: &Can<P>) -> Result<()> {
    can.also::<leads::Read>()?;
    can.also::<accounts::Read>()
}

impl WebhookEvent {
    fn derived(mut self) -> WebhookEvent {
        self.timestamp_created_date = self.timestamp_created.day();
        self.retry_successful = (self.retry_count > 0).then_some(self.success);
        self
    }

    fn subject(&self) -> Subject {
        Subject::new("webhook_event", self.id)
    }
}
