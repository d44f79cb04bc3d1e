//! The state of a campaign's sending, in words.

use crate::resources::campaign_mails::SendingStatus;
use crate::resources::campaigns::{ACTIVE, Campaign};
use crate::time::Time;

pub struct Sending {
    pub tone: &'static str,
    /// A short sentence: whether it sends.
    pub is: &'static str,
    /// Why not, or what it waits for.
    pub why: String,
    pub opens_at: Option<Time>,
    /// How much of each limit is used.
    pub limits: Vec<String>,
    pub last: Option<Time>,
}

impl Sending {
    pub fn of(campaign: &Campaign, status: SendingStatus) -> Sending {
        let summary = status.summary.as_ref();
        let why = summary.and_then(|summary| summary.status_message.clone()).unwrap_or_default();
        let last = summary.and_then(|summary| summary.last_healthy_send_at);
        let Some(told) = status.diagnostics.filter(|_| campaign.status == ACTIVE) else {
            return Sending { tone: "", is: "It does not send.", why, opens_at: None, limits: vec![], last };
        };
        let mut limits = Vec::new();
        if let Some(day) = &told.campaign_daily_limit {
            limits.push(format!("{} of {} mails today.", day.sent, day.limit));
        }
        if let Some((new, limit)) = told.new_lead_limit.as_ref().and_then(|new| Some((new, new.limit?))) {
            limits.push(format!("{} of {limit} new leads today.", new.contacted));
        }
        if let Some(accounts) = &told.accounts_summary {
            limits.push(format!("{} of {} accounts can send.", accounts.available, accounts.total_connected));
        }
        limits.push(match told.expected_today {
            0 => "Nothing more is expected today.".to_owned(),
            1 => "At most 1 more mail today.".to_owned(),
            more => format!("At most {more} more mails today."),
        });
        let (tone, is) = match (told.gate, told.gate_opens_at) {
            (None, _) => ("yes", "It sends now."),
            (Some(_), Some(_)) => ("", "It waits."),
            (Some(_), None) => ("warn", "It is stopped."),
        };
        let why = if told.gate.is_none() { String::new() } else { why };
        Sending { tone, is, why, opens_at: told.gate_opens_at, limits, last }
    }
}
