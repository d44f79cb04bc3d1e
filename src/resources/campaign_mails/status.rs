//! Why a campaign does not send. The gates that answer are those that stop a mail.

use super::answer::*;
use super::facts::Sender;
use super::look::{Seen, look};
use super::words::{inactive, says};
use crate::access::{Can, campaigns::Read};
use crate::error::Result;
use crate::resources::campaigns::{self, Campaign, DRAFT, PAUSED};
use crate::sending::expected::{self, Left, expected_today, open_today};
use crate::sending::gates::{Gate, Stop};
use crate::sending::limit::Because;
use crate::sending::pace;
use crate::time::Time;
use serde_json::Number;
use uuid::Uuid;

pub async fn status(can: Can<Read>, id: Uuid) -> Result<SendingStatus> {
    let campaign: Campaign = can.find(can.reader(), id).await?;
    if let Some((status, sentence)) = inactive(campaign.status) {
        let silent = [DRAFT, PAUSED].contains(&campaign.status);
        return Ok(stopped(&can, &campaign, (status, sentence), silent));
    }
    let Some(seen) = look(&can, &campaign).await? else {
        return Ok(stopped(&can, &campaign, says(Gate::Campaign), false));
    };
    let (status, sentence) = seen.says();
    let last = seen.lane.run.last_sent_at;
    let mut answer = diagnostics(&can, &campaign, status);
    seen.fill(&can, &mut answer);
    answer.issue_tracking.last_healthy_send_at = last;
    Ok(SendingStatus { diagnostics: Some(answer), summary: Some(summary(status, sentence, last)) })
}

/// The state of the campaign itself stops it. No other gate is asked.
fn stopped(
    can: &Can<Read>,
    campaign: &Campaign,
    (status, sentence): (&'static str, &'static str),
    silent: bool,
) -> SendingStatus {
    let mut answer = diagnostics(can, campaign, status);
    answer.gate = Some(Gate::Campaign.name());
    let diagnostics = (!silent).then_some(answer);
    SendingStatus { diagnostics, summary: Some(summary(status, sentence, None)) }
}

fn summary(status: &'static str, sentence: &str, last: Option<Time>) -> StatusSummary {
    StatusSummary {
        status: Some(status),
        status_message: Some(sentence.to_owned()),
        issue_started_at: None,
        last_healthy_send_at: last,
        ai_summary: None,
    }
}

fn diagnostics(can: &Can<Read>, campaign: &Campaign, status: &'static str) -> Diagnostics {
    Diagnostics {
        campaign_id: campaign.id,
        subsequence_id: None,
        last_updated: can.now(),
        status: Some(status),
        issue_tracking: IssueTracking {
            current_status_code: Some(status),
            issue_first_seen_at: None,
            consecutive_loops_with_issue: None,
            last_healthy_send_at: None,
        },
        accounts_summary: None,
        campaign_daily_limit: None,
        new_lead_limit: None,
        schedule_status: ScheduleStatus {
            in_schedule: campaign.calendar().is_ok_and(|calendar| calendar.is_open(can.now())),
        },
        send_one_by_one: None,
        follow_ups_waiting: None,
        esp_routing_status: None,
        domain_limiter: None,
        leads_status: None,
        gate: None,
        gate_opens_at: None,
        expected_today: 0,
        first_step_only: campaign.stops_on_reply(),
    }
}

impl Seen {
    /// The gate that stops the whole campaign: none if an account can send now, else the one that opens first.
    fn stop(&self) -> Option<Stop> {
        if self.senders.iter().any(|one| one.stop.is_none()) {
            return None;
        }
        let all = self.senders.iter().filter_map(|one| one.stop.as_ref());
        all.min_by_key(|stop| (stop.until.is_none(), stop.until, stop.gate)).copied()
    }

    fn says(&self) -> (&'static str, &'static str) {
        if self.senders.is_empty() {
            return (
                "no_accounts_available",
                "No account sends for the campaign. Add one, or launch the campaign again.",
            );
        }
        match self.stop() {
            Some(Stop { gate: Gate::Lead, .. }) if !self.new_lead_ready && self.new_leads == 0 => {
                ("waiting_for_leads", "The campaign has no lead that waits for a mail.")
            }
            Some(stop) => says(stop.gate),
            None => ("healthy", "The campaign sends."),
        }
    }

    fn fill(&self, can: &Can<Read>, answer: &mut Diagnostics) {
        let now = can.now();
        let stop = self.stop();
        answer.gate = stop.map(|stop| stop.gate.name());
        answer.gate_opens_at = stop.and_then(|stop| stop.until);
        if campaigns::sees_senders(can) {
            answer.accounts_summary = Some(self.accounts());
        }
        answer.follow_ups_waiting = Some(FollowUpsWaiting {
            count: self.follow_ups,
            earliest_wait_time_seconds: self.first_follow_up.map(|due| (due.0 - now.0).max(0) / 1000),
        });
        answer.leads_status = Some(LeadsStatus {
            no_leads_ready: !self.new_lead_ready,
            account_unavailable_skips: None,
            delay_not_met_skips: None,
        });
        let gates = &self.lane.gates;
        let hit = |limit: i64, done: i64| done >= limit;
        answer.campaign_daily_limit = gates.daily_limit.map(|limit| CampaignDailyLimit {
            limit,
            sent: gates.sent_today,
            limit_hit: hit(limit, gates.sent_today),
        });
        answer.new_lead_limit = Some(NewLeadLimit {
            enabled: gates.daily_max_leads.is_some(),
            limit: gates.daily_max_leads,
            contacted: gates.new_today,
            limit_hit: gates.daily_max_leads.is_some_and(|limit| hit(limit, gates.new_today)),
        });
        answer.expected_today = self.expected(now);
    }

    fn accounts(&self) -> AccountsSummary {
        let mut all = AccountsSummary::default();
        for one in &self.senders {
            all.total_connected += 1;
            let ramps = one.sender.gates.limit.because == Because::Ramp;
            match one.stop.map(|stop| stop.gate) {
                Some(Gate::Account) => all.unavailable.disconnected += 1,
                Some(Gate::AccountDay) if ramps => all.unavailable.slow_ramp_limit_hit += 1,
                Some(Gate::AccountDay) => all.unavailable.daily_limit_hit += 1,
                Some(Gate::AccountGap) => all.unavailable.global_gap_not_met += 1,
                Some(_) | None => all.available += 1,
            }
        }
        all
    }

    /// The bound that all limits together leave for today.
    fn expected(&self, now: Time) -> i64 {
        let lane = &self.lane;
        let gap = |sender: &Sender| {
            let settings = (&sender.account.settings.sending_gap, &lane.campaign.settings.email_gap);
            let number = |number: &Option<Number>| number.as_ref().and_then(Number::as_f64);
            pace::account_gap(number(settings.0)).max(pace::campaign_gap(
                number(settings.1),
                Some(0.0),
                Uuid::nil(),
            ))
        };
        let allowed = lane.rights.mandate && lane.rights.link;
        let usable = self.senders.iter().filter(|one| one.sender.gates.active && allowed && one.usable);
        let senders: Vec<expected::Sender> = usable
            .map(|one| expected::Sender {
                left: one.sender.gates.limit.mails - one.sender.gates.sent_today,
                gap: gap(&one.sender),
                from: one.sender.gates.gap_until.max(one.gap_until).unwrap_or(now).max(now),
            })
            .collect();
        let gates = &lane.gates;
        let follow_ups = if gates.stops_on_reply { 0 } else { self.due_today };
        let left = Left {
            campaign: gates.daily_limit.map(|limit| limit - gates.sent_today),
            new_leads: gates.daily_max_leads.map(|limit| limit - gates.new_today),
            ceiling: None,
            waiting_new: self.new_leads,
            waiting_follow_ups: follow_ups,
        };
        expected_today(&open_today(&lane.calendar, now), &senders, left)
    }
}
