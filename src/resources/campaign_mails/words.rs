//! What `sending-status` says about a gate: its name, the status of the reference, and a sentence.

use crate::resources::campaigns::{ACTIVE, COMPLETED, DRAFT, PAUSED, SUSPENDED};
use crate::sending::gates::Gate;

/// The status of the wire for a campaign that is not active. None for an active one.
pub fn inactive(status: i64) -> Option<(&'static str, &'static str)> {
    Some(match status {
        ACTIVE => return None,
        DRAFT => ("campaign_draft", "The campaign is a draft. Launch it."),
        PAUSED => ("campaign_paused", "The campaign is paused. Launch it to go on."),
        COMPLETED => (
            "campaign_completed",
            "The campaign is completed: no lead waits for a mail. Launch it again if leads were added.",
        ),
        4 => ("campaign_running_subsequences", "Only subsequences of the campaign go on."),
        -1 => ("campaign_accounts_unhealthy", "No account of the campaign can send."),
        -2 => ("campaign_bounce_protect", "Too many mails of the campaign bounced."),
        SUSPENDED => ("campaign_account_suspended", "The sending accounts of the campaign are suspended."),
        _ => ("campaign_paused", "The campaign does not send in its present state."),
    })
}

/// The status of the wire for a gate, and a sentence.
pub fn says(gate: Gate) -> (&'static str, &'static str) {
    match gate {
        Gate::Lease | Gate::Revision => ("healthy", "A mail is being sent."),
        Gate::Account => (
            "all_accounts_unhealthy",
            "The accounts are paused or have an error. Resume them, or repair them and mark them as fixed.",
        ),
        Gate::AccountDay => {
            ("account_daily_limit_met", "The accounts have sent what they can send in a day.")
        }
        Gate::AccountGap | Gate::CampaignGap => {
            ("healthy", "The campaign waits for the gap between two mails of an account.")
        }
        Gate::Campaign => {
            ("campaign_paused", "The campaign was not launched on this version. Launch it again.")
        }
        Gate::Window => ("out_of_schedule", "The schedule of the campaign is closed now."),
        Gate::CampaignDay => ("daily_limit_met", "The campaign has sent what its `daily_limit` allows."),
        Gate::NewLeads => (
            "new_lead_limit_met",
            "The campaign has contacted as many new leads as `daily_max_leads` allows.",
        ),
        Gate::Lead => ("waiting_for_leads", "The next lead cannot be written to."),
        Gate::Due => ("follow_up_delay_not_met", "The next steps are not due yet."),
        Gate::Inbox => (
            "follow_up_delay_not_met",
            "The campaign stops on replies, and this server does not read replies yet. So it sends first steps only.",
        ),
        Gate::ContactDay => ("waiting_for_leads", "Another campaign wrote to the next lead today."),
        Gate::Suppressed => ("waiting_for_leads", "The next lead is suppressed, and is skipped."),
        Gate::Company => {
            ("domain_limit_reached", "The company of the next lead has got as many mails as it can.")
        }
        Gate::Esp => ("waiting_for_esp_match", "No account can write to the provider of the next lead."),
        Gate::Mandate => (
            "no_accounts_available",
            "The owner of the campaign has lost the right to send. Without an owner: the caller who launched it has \
             lost it.",
        ),
        Gate::Sender => ("no_accounts_available", "The owner of the campaign cannot use its accounts."),
        Gate::Link => {
            ("no_accounts_available", "The admin workspace that launched the campaign cannot send here now.")
        }
        Gate::Ceiling => ("daily_limit_met", "The workspace has sent what its admin workspace allows."),
    }
}
