//! What happened to a lead. The fields are those of the reference, section 2.10. The server does not read replies and does
//! not track opens yet, so most of them are empty.

use crate::http::absent_not_null;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Engagement {
    #[schemars(with = "f64")]
    pub email_open_count: i64,
    #[schemars(with = "f64")]
    pub email_reply_count: i64,
    #[schemars(with = "f64")]
    pub email_click_count: i64,
    pub status_summary: Summary,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "SubsequenceSummary", default)]
    pub status_summary_subseq: Option<SubsequenceSummary>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_step_from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_step_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_step_timestamp_executed: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    pub email_opened_step: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    pub email_opened_variant: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    pub email_replied_step: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    pub email_replied_variant: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    pub email_clicked_step: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<f64>")]
    pub email_clicked_variant: Option<i64>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub subsequence_id: Option<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64", default, extend("enum" = [1, -1, -2, -3, -4, 11, 12]))]
    pub verification_status: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp_added_subsequence: Option<Time>,
    #[serde(default)]
    pub timestamp_last_contact: Option<Time>,
    #[serde(default)]
    pub timestamp_last_open: Option<Time>,
    #[serde(default)]
    pub timestamp_last_reply: Option<Time>,
    #[serde(default)]
    pub timestamp_last_interest_change: Option<Time>,
    #[serde(default)]
    pub timestamp_last_click: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64", default, extend("enum" = [1, -1, 11, -2]))]
    pub enrichment_status: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_contacted_from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp_last_touch: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64", default, extend("enum" = [0, 1, 2, 3, 8, 9, 10, 12, 13, 999, 1000]))]
    pub esp_code: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64", default, extend("enum" = [0, 1, 2, 3, 4]))]
    pub esg_code: Option<i64>,
}

impl Engagement {
    /// What is known about the address, without what happened to the lead.
    pub fn about_the_address(&self) -> Engagement {
        Engagement {
            verification_status: self.verification_status,
            enrichment_status: self.enrichment_status,
            esp_code: self.esp_code,
            esg_code: self.esg_code,
            ..Engagement::default()
        }
    }

    /// What happened to two leads that become one. What is known about an address counts only if both have it.
    pub fn with(self, other: &Engagement, same_address: bool) -> Engagement {
        let about = |own: Option<i64>, other: Option<i64>| own.or(other.filter(|_| same_address));
        Engagement {
            email_open_count: self.email_open_count.saturating_add(other.email_open_count),
            email_reply_count: self.email_reply_count.saturating_add(other.email_reply_count),
            email_click_count: self.email_click_count.saturating_add(other.email_click_count),
            verification_status: about(self.verification_status, other.verification_status),
            timestamp_last_contact: self.timestamp_last_contact.max(other.timestamp_last_contact),
            timestamp_last_open: self.timestamp_last_open.max(other.timestamp_last_open),
            timestamp_last_reply: self.timestamp_last_reply.max(other.timestamp_last_reply),
            timestamp_last_click: self.timestamp_last_click.max(other.timestamp_last_click),
            enrichment_status: about(self.enrichment_status, other.enrichment_status),
            esp_code: about(self.esp_code, other.esp_code),
            esg_code: about(self.esg_code, other.esg_code),
            ..self
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Summary {
    #[serde(default, rename = "lastStep", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "LastStep", default)]
    pub last_step: Option<LastStep>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub domain_complete: Option<bool>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct LastStep {
    #[serde(default)]
    pub from: String,
    #[serde(default, rename = "stepID")]
    pub step_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Time", default)]
    pub timestamp_executed: Option<Time>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct SubsequenceSummary {
    #[serde(default)]
    pub from: String,
    #[serde(default, rename = "stepID")]
    pub step_id: String,
    #[serde(default, rename = "timestampExecuted", skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Time", default)]
    pub timestamp_executed: Option<Time>,
}
