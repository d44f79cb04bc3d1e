use super::store;
use crate::access::{Can, webhooks::Read};
use crate::error::Result;
use schemars::JsonSchema;
use serde::Serialize;

/// The kinds of the reference, with their names for people.
const STANDARD: [(&str, &str); 19] = [
    ("all_events", "All Events"),
    ("email_sent", "Email Sent"),
    ("email_opened", "Email Opened"),
    ("email_link_clicked", "Email Link Clicked"),
    ("reply_received", "Reply Received"),
    ("email_bounced", "Email Bounced"),
    ("lead_unsubscribed", "Lead Unsubscribed"),
    ("campaign_completed", "Campaign Completed"),
    ("account_error", "Account Error"),
    ("lead_neutral", "Lead Neutral"),
    ("lead_interested", "Lead Interested"),
    ("lead_not_interested", "Lead Not Interested"),
    ("lead_meeting_booked", "Lead Meeting Booked"),
    ("lead_meeting_completed", "Lead Meeting Completed"),
    ("lead_closed", "Lead Closed"),
    ("lead_out_of_office", "Lead Out Of Office"),
    ("lead_wrong_person", "Lead Wrong Person"),
    ("lead_no_show", "Lead No Show"),
    ("supersearch_enrichment_completed", "SuperSearch Enrichment Completed"),
];

#[derive(Serialize, JsonSchema)]
pub struct EventTypes {
    #[schemars(default)]
    pub event_types: Vec<Described>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Described {
    /// An `event_type`, or the `interest_status` of a label, for `custom_interest_value`.
    #[schemars(default)]
    pub id: String,
    #[schemars(default)]
    pub label: String,
    /// `standard`, or `custom_label` for a label of the workspace.
    #[serde(rename = "type")]
    #[schemars(default)]
    pub kind: &'static str,
}

/// With the labels that the caller sees.
pub async fn event_types(can: &Can<Read>) -> Result<EventTypes> {
    let standard = STANDARD.map(|(id, label)| (id.to_owned(), label.to_owned(), "standard"));
    let labels = store::labels(can).await?;
    let custom = labels.into_iter().map(|(number, label)| (number.to_string(), label, "custom_label"));
    let all = standard.into_iter().chain(custom);
    Ok(EventTypes { event_types: all.map(|(id, label, kind)| Described { id, label, kind }).collect() })
}
