//! How an account sends and warms up.

use crate::http::{absent_not_null, optional_not_null, patch};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Number;

patch! {
    /// Settings that the server stores as they are given. The fields are those of the reference, section 2.8.
    pub struct Settings patched by SettingsPatch {
        #[schemars(with = "Warmup")]
        warmup: Option<Warmup>,
        /// Campaign mails a day.
        daily_limit: Option<Number>,
        #[schemars(length(max = 253))]
        tracking_domain_name: Option<String>,
        #[schemars(length(max = 100))]
        tracking_domain_status: Option<String>,
        enable_slow_ramp: Option<bool>,
        #[schemars(extend("minimum" = 0))]
        inbox_placement_test_limit: Option<Number>,
        /// Minutes between two mails of the account, in all campaigns.
        #[schemars(transform = absent_not_null, extend("minimum" = 0, "maximum" = 1440))]
        sending_gap: Option<Number>,
        #[schemars(length(max = 10000))]
        signature: Option<String>,
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline, transform = optional_not_null)]
pub struct Warmup {
    /// Warm-up mails a day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Advanced")]
    pub advanced: Option<Advanced>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub warmup_custom_ftag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["disabled", "0", "1", "2", "3", "4"]))]
    pub increment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_rate: Option<Number>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline, transform = optional_not_null)]
pub struct Advanced {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warm_ctd: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_rate: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub important_rate: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_emulation: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spam_save_rate: Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weekday_only: Option<bool>,
}
