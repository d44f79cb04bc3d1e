//! Why a campaign does not send. The gates that answer are those that stop a mail.

use super::answer::*;
use super::facts::{self, Lane, Sender, lane, sender};
use super::words::{inactive, says};
use super::{Place, closed, store};
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
        let diagnostics = (!silent).then(|| diagnostics(&can, &campaign, status));
        return Ok(SendingStatus { diagnostics, summary: Some(summary(status, sentence, None)) });
    }
    let seen = look(&can, id).await?;
    let (status, sentence) = seen.says();
    let last = seen.lanes.first().and_then(|(_, lane)| lane.run.last_sent_at);
    let mut answer = diagnostics(&can, &campaign, status);
    seen.fill(&can, &mut answer);
    answer.issue_tracking.last_healthy_send_at = last;
    Ok(SendingStatus { diagnostics: Some(answer), summary: Some(summary(status, sentence, last)) })
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

/// What was found out about an active campaign.
struct Seen {
    lanes: Vec<(Sender, Lane)>,
    /// For each account, what stops its next mail of the campaign. None: nothing does.
    stops: Vec<Option<Stop>>,
    new_leads: i64,
    new_lead_ready: bool,
    follow_ups: i64,
    first_follow_up: Option<Time>,
    due_today: i64,
}

async fn look(can: &Can<Read>, id: Uuid) -> Result<Seen> {
    let (mut lanes, mut stops) = (Vec::new(), Vec::new());
    let ready = store::new_lead(can, id).await?;
    for account in store::senders(can, id).await? {
        let Some(sender) = sender(can, can.reader().into(), account).await? else { continue };
        let Some(lane) = lane(can, can.reader().into(), id, account).await? else { continue };
        stops.push(next_stop(can, (&sender, &lane), ready).await?);
        lanes.push((sender, lane));
    }
    let (new_leads, _) = store::new_leads(can, can.reader().into(), id).await?;
    let ends = lanes.first().map_or(can.now(), |(_, lane)| lane.gates.day_ends);
    let (follow_ups, first_follow_up, due_today) = store::follow_ups(can, id, ends).await?;
    let new_lead_ready = ready.is_some();
    Ok(Seen { lanes, stops, new_leads, new_lead_ready, follow_ups, first_follow_up, due_today })
}

/// What stops the next mail of an account: a first step that was deferred, a follow-up that is due, or a new lead. The
/// answer is the stop that ends first.
async fn next_stop(
    can: &Can<Read>,
    (sender, lane): (&Sender, &Lane),
    ready: Option<Uuid>,
) -> Result<Option<Stop>> {
    let (now, campaign) = (can.now(), lane.campaign.id);
    let mut places = Vec::new();
    for first_step in [true, false] {
        let waiting = store::next_due(can, (campaign, sender.account.id), first_step).await?;
        places.extend(waiting.map(|waiting| Place { campaign, lead: waiting.lead, step: waiting.step }));
    }
    places.extend(ready.map(|lead| Place { campaign, lead, step: 0 }));
    let mut first: Option<Stop> = None;
    for place in places {
        match facts::stop(can, can.reader().into(), (sender, lane), place).await? {
            None => return Ok(None),
            Some(stop) => {
                let sooner = |first: &Stop| opens(&stop, now) < opens(first, now);
                if first.as_ref().is_none_or(sooner) {
                    first = Some(stop);
                }
            }
        }
    }
    let general = || lane.stops(sender, true, now).into_iter().next();
    Ok(first.or_else(general).or(Some(closed(Gate::Lead))))
}

fn opens(stop: &Stop, now: Time) -> Time {
    stop.until.unwrap_or(now.plus(Time::DAY * 3650))
}

impl Seen {
    /// The gate that stops the whole campaign: none if an account can send now, else the one that opens first.
    fn stop(&self) -> Option<Stop> {
        if self.stops.iter().any(Option::is_none) {
            return None;
        }
        let all = self.stops.iter().flatten();
        all.min_by_key(|stop| (stop.until.is_none(), stop.until, stop.gate)).copied()
    }

    fn says(&self) -> (&'static str, &'static str) {
        if self.lanes.is_empty() {
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
        let Some((_, lane)) = self.lanes.first() else { return };
        let gates = &lane.gates;
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
        answer.expected_today = self.expected(lane, now);
    }

    fn accounts(&self) -> AccountsSummary {
        let mut all = AccountsSummary::default();
        for ((sender, _), stop) in self.lanes.iter().zip(&self.stops) {
            all.total_connected += 1;
            let ramps = sender.gates.limit.because == Because::Ramp;
            match stop.map(|stop| stop.gate) {
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
    fn expected(&self, lane: &Lane, now: Time) -> i64 {
        let gap = |sender: &Sender| {
            let settings = (&sender.account.settings.sending_gap, &lane.campaign.settings.email_gap);
            let number = |number: &Option<Number>| number.as_ref().and_then(Number::as_f64);
            pace::account_gap(number(settings.0)).max(pace::campaign_gap(
                number(settings.1),
                Some(0.0),
                Uuid::nil(),
            ))
        };
        let usable = self.lanes.iter().filter(|(sender, lane)| {
            sender.gates.active && lane.rights.mandate && lane.rights.sender && lane.rights.link
        });
        let senders: Vec<expected::Sender> = usable
            .map(|(sender, lane)| expected::Sender {
                left: sender.gates.limit.mails - sender.gates.sent_today,
                gap: gap(sender),
                from: sender.gates.gap_until.max(lane.gates.gap_until).unwrap_or(now).max(now),
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
