//! Filters of a search for leads, as conditions on `leads l`. The names are those of the reference, section 2.10.

use crate::db::Part;
use crate::http::absent_not_null;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const DAY: f64 = Time::DAY as f64;

/// The lead has a label of the workspace with this interest.
macro_rules! labelled {
    ($interest:literal) => {
        concat!(
            "l.lt_interest_status > 4 and exists (select 1 from lead_labels b where b.workspace_id = l.workspace_id \
             and b.interest_status = l.lt_interest_status and b.interest_status_label = '",
            $interest,
            "')"
        )
    };
}

const CONDITIONS: [(&str, &str); 27] = [
    ("FILTER_VAL_CONTACTED", "l.timestamp_last_contact is not null"),
    ("FILTER_VAL_NOT_CONTACTED", "l.timestamp_last_contact is null"),
    ("FILTER_VAL_COMPLETED", "l.status = 3"),
    ("FILTER_VAL_UNSUBSCRIBED", "l.status = -2"),
    ("FILTER_VAL_ACTIVE", "l.status = 1"),
    ("FILTER_VAL_BOUNCED", "l.status = -1"),
    ("FILTER_VAL_SKIPPED", "l.status = -3"),
    ("FILTER_LEAD_INTERESTED", "l.lt_interest_status = 1"),
    ("FILTER_LEAD_NOT_INTERESTED", "l.lt_interest_status = -1"),
    ("FILTER_LEAD_MEETING_BOOKED", "l.lt_interest_status = 2"),
    ("FILTER_LEAD_MEETING_COMPLETED", "l.lt_interest_status = 3"),
    ("FILTER_LEAD_CLOSED", "l.lt_interest_status = 4"),
    ("FILTER_LEAD_OUT_OF_OFFICE", "l.lt_interest_status = 0"),
    ("FILTER_LEAD_WRONG_PERSON", "l.lt_interest_status = -2"),
    ("FILTER_LEAD_LOST", "l.lt_interest_status = -3"),
    ("FILTER_LEAD_NO_SHOW", "l.lt_interest_status = -4"),
    ("FILTER_LEAD_CUSTOM_LABEL_POSITIVE", labelled!("positive")),
    ("FILTER_LEAD_CUSTOM_LABEL_NEGATIVE", labelled!("negative")),
    ("FILTER_VAL_RISKY", "l.verification_status = -2"),
    ("FILTER_VAL_INVALID", "l.verification_status = -1"),
    ("FILTER_VAL_VALID", "l.verification_status = 1"),
    ("FILTER_VAL_IN_SUBSEQUENCE", "l.subsequence_id is not null"),
    ("FILTER_VAL_OPENED_NO_REPLY", "l.email_open_count > 0 and l.email_reply_count = 0"),
    ("FILTER_VAL_COMPLETED_NO_REPLY", "l.status = 3 and l.email_reply_count = 0"),
    ("FILTER_VAL_NO_OPENS", "l.email_open_count = 0"),
    ("FILTER_VAL_REPLIED", "l.email_reply_count > 0"),
    ("FILTER_VAL_LINK_CLICKED", "l.email_click_count > 0"),
];

/// The names of all filters.
pub fn names() -> [&'static str; 27] {
    CONDITIONS.map(|(name, _)| name)
}

pub fn condition_of(filter: &str) -> Option<&'static str> {
    CONDITIONS.into_iter().find(|(name, _)| *name == filter).map(|(_, condition)| condition)
}

/// One question of a smart view.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Query {
    #[serde(rename = "actionType")]
    action: Action,
    values: Values,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum Action {
    Reply,
    EmailOpen,
    LastContacted,
    LinkClick,
    LeadStatus,
    LeadStatusChange,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
struct Values {
    /// Within this number of days up to now.
    #[schemars(transform = absent_not_null, extend("minimum" = 0, "maximum" = 36500))]
    occurrence_days: Option<f64>,
    #[serde(default)]
    #[schemars(with = "Count")]
    occurrence_count: Option<Count>,
    #[serde(default)]
    #[schemars(with = "Status")]
    lead_status: Option<Status>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
struct Count {
    #[serde(default)]
    #[schemars(with = "Condition")]
    condition: Option<Condition>,
    #[schemars(transform = absent_not_null)]
    count: Option<f64>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Condition {
    More,
    Less,
    Equal,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
struct Status {
    #[schemars(transform = absent_not_null)]
    status: Option<f64>,
    #[serde(default)]
    #[schemars(with = "Is")]
    condition: Option<Is>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(inline)]
enum Is {
    Is,
    IsNot,
}

impl Query {
    /// A count covers all time; days refer to the last occurrence.
    pub fn condition(&self, now: Time, out: &mut Part) {
        let (count, last) = match self.action {
            Action::Reply => (Some("l.email_reply_count"), Some("l.timestamp_last_reply")),
            Action::EmailOpen => (Some("l.email_open_count"), Some("l.timestamp_last_open")),
            Action::LinkClick => (Some("l.email_click_count"), Some("l.timestamp_last_click")),
            Action::LastContacted => (None, Some("l.timestamp_last_contact")),
            Action::LeadStatusChange => (None, Some("l.timestamp_last_interest_change")),
            Action::LeadStatus => (None, None),
        };
        if let (Some(column), Some(days)) = (last, self.values.occurrence_days) {
            out.push(" and ").push(column).push(" >= ").bind(now.minus((days * DAY) as i64));
        }
        if let (Some(column), Some(count)) = (count, &self.values.occurrence_count) {
            let than = match count.condition.unwrap_or(Condition::More) {
                Condition::More => " > ",
                Condition::Less => " < ",
                Condition::Equal => " = ",
            };
            out.push(" and ").push(column).push(than).bind(count.count.unwrap_or(0.0) as i64);
        }
        if let Some(Status { status: Some(status), condition }) = &self.values.lead_status {
            let negated = matches!(condition, Some(Is::IsNot));
            // A lead without a status has none of them.
            let is = if negated { " <> " } else { " = " };
            out.push(" and coalesce(l.lt_interest_status, -1000000)").push(is).bind(*status as i64);
        }
    }
}
