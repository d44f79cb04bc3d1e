//! How a campaign sends. The server stores these fields as they are given. They are those of the reference, section 2.9.
//! `Option` stands where the wire allows null, which means the same as an absent field.

use super::timezones::Timezone;
use crate::db::Kept;
use crate::http::{absent_not_null, optional_not_null, patch};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use uuid::Uuid;

patch! {
    pub struct Settings patched by SettingsPatch {
        /// The messages. Only the first sequence is used.
        sequences: Kept<Vec<Sequence>>,
        pl_value: Option<Number>,
        is_evergreen: Option<bool>,
        /// Minutes.
        email_gap: Option<Number>,
        /// Minutes.
        random_wait_max: Option<Number>,
        text_only: Option<bool>,
        first_email_text_only: Option<bool>,
        daily_limit: Option<Number>,
        stop_on_reply: Option<bool>,
        link_tracking: Option<bool>,
        #[schemars(transform = absent_not_null)]
        open_tracking: Option<bool>,
        stop_on_auto_reply: Option<bool>,
        #[schemars(range(min = 0))]
        daily_max_leads: Option<i64>,
        prioritize_new_leads: Option<bool>,
        auto_variant_select: Option<AutoVariantSelect>,
        match_lead_esp: Option<bool>,
        stop_for_company: Option<bool>,
        insert_unsubscribe_header: Option<bool>,
        allow_risky_contacts: Option<bool>,
        disable_bounce_protect: Option<bool>,
        /// Null: the workspace's own setting.
        limit_emails_per_company_override: Option<LimitPerCompany>,
        #[schemars(inner(email))]
        cc_list: Vec<String>,
        #[schemars(inner(email))]
        bcc_list: Vec<String>,
        provider_routing_rules: Vec<RoutingRule>,
    }
    always {
        /// Addresses of the sending accounts.
        #[schemars(length(max = 1000))]
        email_list: Vec<String>,
        /// Send from all accounts with these tags.
        #[schemars(length(max = 100))]
        email_tag_list: Vec<Uuid>,
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Schedule {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date"))]
    pub start_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("format" = "date"))]
    pub end_date: Option<String>,
    #[schemars(length(min = 1))]
    pub schedules: Vec<Window>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Window {
    pub name: String,
    pub timing: Timing,
    pub days: Days,
    #[schemars(with = "Timezone")]
    pub timezone: String,
}

/// Hours and minutes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Timing {
    #[schemars(regex(pattern = r"^([01][0-9]|2[0-3]):([0-5][0-9])$"))]
    pub from: String,
    #[schemars(regex(pattern = r"^([01][0-9]|2[0-3]):([0-5][0-9])$"))]
    pub to: String,
}

/// 0 is Sunday.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, deny_unknown_fields, extend("minProperties" = 1), transform = optional_not_null)]
pub struct Days {
    #[serde(rename = "0", skip_serializing_if = "Option::is_none")]
    sunday: Option<bool>,
    #[serde(rename = "1", skip_serializing_if = "Option::is_none")]
    monday: Option<bool>,
    #[serde(rename = "2", skip_serializing_if = "Option::is_none")]
    tuesday: Option<bool>,
    #[serde(rename = "3", skip_serializing_if = "Option::is_none")]
    wednesday: Option<bool>,
    #[serde(rename = "4", skip_serializing_if = "Option::is_none")]
    thursday: Option<bool>,
    #[serde(rename = "5", skip_serializing_if = "Option::is_none")]
    friday: Option<bool>,
    #[serde(rename = "6", skip_serializing_if = "Option::is_none")]
    saturday: Option<bool>,
}

impl Days {
    /// From Sunday on.
    pub fn all(&self) -> [Option<bool>; 7] {
        [self.sunday, self.monday, self.tuesday, self.wednesday, self.thursday, self.friday, self.saturday]
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Sequence {
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Step {
    #[serde(rename = "type")]
    #[schemars(extend("enum" = ["email"]))]
    pub kind: String,
    /// Before the next step.
    pub delay: Number,
    #[serde(default = "days")]
    pub delay_unit: Unit,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub pre_delay: Option<Number>,
    #[serde(default = "days")]
    pub pre_delay_unit: Unit,
    pub variants: Vec<Variant>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Unit {
    Minutes,
    Hours,
    Days,
}

fn days() -> Unit {
    Unit::Days
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Variant {
    pub subject: String,
    pub body: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub v_disabled: Option<bool>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct AutoVariantSelect {
    #[schemars(extend("enum" = ["reply_rate", "click_rate", "open_rate"]))]
    pub trigger: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline, transform = optional_not_null)]
pub struct LimitPerCompany {
    #[schemars(extend("enum" = ["custom", "disabled"]))]
    pub mode: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("minimum" = 1))]
    pub daily_limit: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["per_campaign", "across_workspace"]))]
    pub scope: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct RoutingRule {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null, extend("enum" = ["send", "do_not_send"]))]
    pub action: Option<String>,
    #[serde(default)]
    pub recipient_esp: Vec<Esp>,
    #[serde(default)]
    pub sender_esp: Vec<Esp>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Esp {
    All,
    Google,
    Outlook,
    Other,
}
