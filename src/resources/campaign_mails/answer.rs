//! The answer to the question why a campaign does not send. The fields are those of the reference; the last ones are ours.
//! A field that this server cannot know is absent.

use crate::http::{absent_not_null, none_required};
use crate::time::Time;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(transform = none_required)]
pub struct SendingStatus {
    /// Null for a draft and a paused campaign.
    pub diagnostics: Option<Diagnostics>,
    pub summary: Option<StatusSummary>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(inline, transform = none_required)]
pub struct Diagnostics {
    #[schemars(with = "String")]
    pub campaign_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub subsequence_id: Option<String>,
    pub last_updated: Time,
    #[schemars(extend("enum" = [
        "campaign_paused", "campaign_draft", "campaign_completed", "campaign_running_subsequences",
        "campaign_bounce_protect", "campaign_accounts_unhealthy", "campaign_account_suspended", "out_of_schedule",
        "waiting_for_leads", "daily_limit_met", "account_daily_limit_met", "new_lead_limit_met",
        "all_accounts_unhealthy", "waiting_for_esp_match", "domain_limit_reached", "follow_up_delay_not_met",
        "no_accounts_available", "healthy", null,
    ]))]
    pub status: Option<&'static str>,
    pub issue_tracking: IssueTracking,
    /// Only for callers who see sending accounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub accounts_summary: Option<AccountsSummary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub campaign_daily_limit: Option<CampaignDailyLimit>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub new_lead_limit: Option<NewLeadLimit>,
    pub schedule_status: ScheduleStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub send_one_by_one: Option<SendOneByOne>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub follow_ups_waiting: Option<FollowUpsWaiting>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub esp_routing_status: Option<EspRoutingStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub domain_limiter: Option<DomainLimiter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub leads_status: Option<LeadsStatus>,
    /// The gate that stops the next mail, and when it opens if that is known. Null if none does.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub gate: Option<&'static str>,
    #[schemars(extend("x-gatepost-extension" = true))]
    pub gate_opens_at: Option<Time>,
    /// The most mails that all limits together allow today.
    #[schemars(with = "f64", extend("x-gatepost-extension" = true))]
    pub expected_today: i64,
    /// The campaign stops on replies, and this server does not read replies yet. So it sends first steps only.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub first_step_only: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(inline, transform = none_required)]
pub struct IssueTracking {
    pub current_status_code: Option<&'static str>,
    pub issue_first_seen_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub consecutive_loops_with_issue: Option<f64>,
    pub last_healthy_send_at: Option<Time>,
}

#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[schemars(inline, transform = none_required)]
pub struct AccountsSummary {
    #[schemars(with = "f64")]
    pub total_connected: i64,
    #[schemars(with = "f64")]
    pub available: i64,
    pub unavailable: Unavailable,
}

#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[schemars(inline, transform = none_required)]
pub struct Unavailable {
    #[schemars(with = "f64")]
    pub daily_limit_hit: i64,
    #[schemars(with = "f64")]
    pub slow_ramp_limit_hit: i64,
    #[schemars(with = "f64")]
    pub disconnected: i64,
    #[schemars(with = "f64")]
    pub global_gap_not_met: i64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(inline, transform = none_required)]
pub struct CampaignDailyLimit {
    #[schemars(with = "f64")]
    pub limit: i64,
    #[schemars(with = "f64")]
    pub sent: i64,
    pub limit_hit: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(inline, transform = none_required)]
pub struct NewLeadLimit {
    pub enabled: bool,
    #[schemars(with = "Option<f64>")]
    pub limit: Option<i64>,
    #[schemars(with = "f64")]
    pub contacted: i64,
    pub limit_hit: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(inline, transform = none_required)]
pub struct ScheduleStatus {
    pub in_schedule: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(inline, transform = none_required)]
pub struct SendOneByOne {
    enabled: bool,
    single_account_per_wait_gap: bool,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(inline, transform = none_required)]
pub struct FollowUpsWaiting {
    #[schemars(with = "f64")]
    pub count: i64,
    #[schemars(with = "Option<f64>")]
    pub earliest_wait_time_seconds: Option<i64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(inline, transform = none_required)]
pub struct EspRoutingStatus {
    enabled: bool,
    waiting_for_match: bool,
    connected_esps: Vec<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(inline, transform = none_required)]
pub struct DomainLimiter {
    active: bool,
    domains_at_limit: f64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(inline, transform = none_required)]
pub struct LeadsStatus {
    pub no_leads_ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub account_unavailable_skips: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64")]
    pub delay_not_met_skips: Option<f64>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(inline, transform = none_required)]
pub struct StatusSummary {
    pub status: Option<&'static str>,
    pub status_message: Option<String>,
    pub issue_started_at: Option<String>,
    pub last_healthy_send_at: Option<Time>,
    /// No language model is connected.
    pub ai_summary: Option<String>,
}
