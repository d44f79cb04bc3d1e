//! A webhook is a URL that the server calls when something happens. It acts with the rights of its maker: the person or key
//! that created it, or changed or resumed it last. The rights are read again at each delivery.

mod create;
mod delete;
mod deliver;
mod draft;
mod event_types;
mod list;
mod pages;
mod payload;
mod pump;
mod resume;
mod rotate;
mod routes;
mod sealed;
mod sign;
mod store;
mod target;
mod test;
mod update;
pub use create::create;
pub use delete::delete;
pub use event_types::event_types;
pub use list::{every, list};
pub use pages::pages;
pub use pump::{drain, run};
pub use resume::resume;
pub use rotate::rotate;
pub use routes::operations;
pub use test::test;
pub use update::update;

use crate::access::{Asker, Caller, Resource, Shape};
use crate::audit::Subject;
use crate::db::{Field, Json, Value, stored};
use crate::error::{Error, Result};
use crate::http::{lenient, patch};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Map;
use std::collections::BTreeMap;
use uuid::Uuid;

pub const ACTIVE: i64 = 1;
pub const PAUSED: i64 = -1;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Webhook {
    pub id: Uuid,
    pub organization: Uuid,
    /// Null: the events of all campaigns.
    pub campaign: Option<Uuid>,
    pub name: Option<String>,
    pub target_hook_url: String,
    /// Absent: only the events of the label in `custom_interest_value`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(default)]
    pub event_type: Option<EventType>,
    /// The `interest_status` of a label.
    #[schemars(with = "Option<f64>")]
    pub custom_interest_value: Option<i64>,
    /// The names of the headers. Their values are never shown.
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    pub headers: Option<Map<String, serde_json::Value>>,
    pub timestamp_created: Time,
    /// 1 active, -1 paused.
    #[schemars(with = "Option<f64>", default)]
    pub status: i64,
    /// When it was paused.
    pub timestamp_error: Option<Time>,
    /// Why it is paused.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub paused_because: Option<String>,
    /// The user or workspace key with whose rights it delivers.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub made_by: Option<Uuid>,
    /// The secret that signs deliveries. Only the answers that make one show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-gatepost-extension" = true))]
    pub secret: Option<String>,
    /// A record that was read does not have it, and cannot be inserted without it.
    #[serde(skip)]
    pub sealed: Option<String>,
    #[serde(skip)]
    pub maker: Option<Json<Asker>>,
}

stored! { Webhook: "webhooks" as "w" {
    workspace organization;
    fixed timestamp_created;
    columns campaign = "campaign_id", name, target_hook_url, event_type, custom_interest_value, headers, status,
        timestamp_error, paused_because, made_by, maker;
    secret "sealed" = |webhook| webhook.sealed.clone();
    plain secret = None, sealed = None;
} }

impl Resource for Webhook {
    const SHAPE: Shape = Shape::of::<Webhook>();
}

pub const SHAPE: Shape = Webhook::SHAPE;

/// The events that a webhook gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum EventType {
    // Also the events of all labels.
    AllEvents,
    EmailSent,
    EmailOpened,
    EmailLinkClicked,
    ReplyReceived,
    EmailBounced,
    LeadUnsubscribed,
    CampaignCompleted,
    AccountError,
    LeadNeutral,
    LeadInterested,
    LeadNotInterested,
    LeadMeetingBooked,
    LeadMeetingCompleted,
    LeadClosed,
    LeadOutOfOffice,
    LeadWrongPerson,
    LeadNoShow,
    SupersearchEnrichmentCompleted,
}

impl EventType {
    /// The name on the wire, which is also the name of the kind of event.
    pub fn name(self) -> String {
        let name = serde_json::to_value(self).unwrap_or_default();
        name.as_str().unwrap_or_default().to_owned()
    }
}

impl Field for EventType {
    type Column = String;
    fn read(name: String) -> Result<Self> {
        serde_json::from_value(name.into()).map_err(Error::internal)
    }
    fn value(&self) -> Value {
        self.name().into()
    }
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, transform = lenient)]
pub struct New {
    #[serde(default)]
    campaign: Option<Uuid>,
    #[serde(default)]
    #[schemars(length(max = 200))]
    name: Option<String>,
    /// `https://`. `http://` is accepted only if the operator allows networks for webhooks.
    #[schemars(url, regex(pattern = r"^https?://"), length(max = 2000))]
    target_hook_url: String,
    /// This, or `custom_interest_value`, or both.
    #[serde(default)]
    event_type: Option<EventType>,
    #[serde(default)]
    #[schemars(with = "Option<f64>")]
    custom_interest_value: Option<i64>,
    /// At most 20, of at most 4 kB.
    #[serde(default)]
    #[schemars(with = "Option<BTreeMap<String, String>>")]
    headers: Option<BTreeMap<String, String>>,
}

patch! {
    #[schemars(transform = lenient)]
    pub struct Patch of Webhook {
        campaign: Option<Uuid>,
        #[schemars(length(max = 200))]
        name: Option<String>,
        #[schemars(url, regex(pattern = r"^https?://"), length(max = 2000))]
        target_hook_url: String,
        event_type: Option<EventType>,
        #[schemars(with = "Option<f64>")]
        custom_interest_value: Option<i64>,
    }
    apart {
        #[schemars(with = "Option<BTreeMap<String, String>>")]
        headers: Option<BTreeMap<String, String>>,
    }
}

impl Webhook {
    fn subject(&self) -> Subject {
        Subject::new("webhook", self.id)
    }

    /// The same webhook, with the caller as its maker.
    fn made_by(mut self, can: &Caller) -> Webhook {
        self.made_by = can.user().or(can.key());
        self.maker = Some(Json(can.asker()));
        self
    }

    fn maker(&self) -> Result<&Asker> {
        let maker = self.maker.as_ref().map(|Json(maker)| maker);
        maker.ok_or_else(|| Error::internal("a webhook without a maker"))
    }
}
