//! The facts about a mail. They are read before a mail is written, and again in the transaction that arms it. The question
//! why a campaign does not send reads them too.

use super::lead::{Target, target};
use super::rights::rights;
use super::store::{self, CampaignRun, Run};
use super::{Claim, Place, closed};
use crate::access::Caller;
use crate::db::Source;
use crate::error::Result;
use crate::resources::accounts::{ACTIVE as ACCOUNT_ACTIVE, Account};
use crate::resources::campaigns::{ACTIVE, Campaign, Step};
use crate::sending::gates::{self, Contact, Facts, Gate, Rights, Stop};
use crate::sending::limit::{self, Ramp};
use crate::sending::pace;
use crate::sending::window::Calendar;
use crate::sending::zone::{Zone, forward};
use crate::time::Time;
use jiff::civil::Date;
use serde_json::Number;
use uuid::Uuid;

/// An account, and what it can still send today.
pub struct Sender {
    pub account: Account,
    pub run: Run,
    pub gates: gates::Account,
    today: Date,
}

pub async fn sender(can: &Caller, mut from: Source<'_>, account: Uuid) -> Result<Option<Sender>> {
    let Some(account) = can.own::<Account>(from.again(), account).await? else { return Ok(None) };
    let run = store::run(can, from, account.id).await?.unwrap_or_default();
    Ok(Some(judged(account, run, can.now())))
}

/// What an account can still send, from its settings and from what it has sent.
pub fn judged(account: Account, run: Run, now: Time) -> Sender {
    let counted = day(&run.day);
    let today = forward(counted, Zone::utc().day(now));
    let ramp = account.settings.enable_slow_ramp == Some(true);
    let ramp = ramp.then(|| Ramp { days: run.ramp_days, last: counted }.on(today));
    let number = |number: &Option<Number>| number.as_ref().and_then(Number::as_f64);
    let gap = pace::account_gap(number(&account.settings.sending_gap));
    let gates = gates::Account {
        active: account.status == ACCOUNT_ACTIVE,
        limit: limit::today(number(&account.settings.daily_limit), ramp, 100),
        sent_today: if counted == Some(today) { run.sent_today } else { 0 },
        gap_until: run.last_at.map(|last| last.plus(gap)).max(run.rest_until),
        day_ends: ends(&Zone::utc(), today, now),
        // The server does not read inboxes yet, so a campaign that stops on replies sends no follow-up.
        inbox_read_at: None,
    };
    Sender { account, run, gates, today }
}

fn day(text: &Option<String>) -> Option<Date> {
    text.as_ref().and_then(|text| text.parse().ok())
}

/// When a day is over.
fn ends(zone: &Zone, day: Date, now: Time) -> Time {
    day.tomorrow().map_or(now, |next| zone.passed(next.at(0, 0, 0, 0)))
}

impl Sender {
    /// The state of the account after one more mail.
    pub fn after(&self, now: Time) -> Run {
        let Run { ramp_days, .. } = self.run;
        let ramp = Ramp { days: ramp_days, last: day(&self.run.day) }.sent(self.today);
        Run {
            day: Some(self.today.to_string()),
            sent_today: self.gates.sent_today.saturating_add(1),
            ramp_days: ramp.days,
            last_at: Some(now),
            ..self.run.clone()
        }
    }

    /// Whether a claim of the account still holds.
    pub fn is_held(&self, claim: &Claim, now: Time) -> bool {
        let until = self.run.lease_until.is_some_and(|until| until > now);
        self.run.lease == Some(claim.lease) && self.run.fence == claim.fence && until
    }
}

/// A campaign, as one account sends for it.
pub struct Lane {
    pub campaign: Campaign,
    pub run: CampaignRun,
    pub steps: Vec<Step>,
    pub calendar: Calendar,
    pub gates: gates::Campaign,
    pub rights: Rights,
    today: Date,
}

/// None if the campaign does not exist, or nobody has launched it.
pub async fn lane(can: &Caller, mut from: Source<'_>, campaign: Uuid, account: Uuid) -> Result<Option<Lane>> {
    let Some(campaign) = can.own::<Campaign>(from.again(), campaign).await? else { return Ok(None) };
    let Some(run) = store::campaign_run(can, from.again(), (campaign.id, account)).await? else {
        return Ok(None);
    };
    let rights = rights(can, from, (&campaign, &run), account).await?;
    Lane::of(campaign, run, rights, can.now()).map(Some)
}

impl Lane {
    pub fn of(campaign: Campaign, run: CampaignRun, rights: Rights, now: Time) -> Result<Lane> {
        let calendar = campaign.calendar()?;
        let counted = day(&run.day);
        let today = forward(counted, calendar.day(now));
        let of_today = |count: i64| if counted == Some(today) { count } else { 0 };
        let gates = gates::Campaign {
            active: campaign.status == ACTIVE,
            revision: run.revision,
            window: calendar.next(now),
            daily_limit: campaign.daily_limit(),
            sent_today: of_today(run.sent_today),
            daily_max_leads: campaign.settings.daily_max_leads,
            new_today: of_today(run.new_today),
            day_ends: ends(&calendar.zone(), today, now),
            gap_until: run.gap_until,
            stops_on_reply: campaign.stops_on_reply(),
        };
        let steps = campaign.steps()?;
        Ok(Lane { campaign, run, steps, calendar, gates, rights, today })
    }

    /// Switches to another account of the campaign.
    pub fn turn_to(&mut self, gap_until: Option<Time>, usable: bool) {
        self.gates.gap_until = gap_until;
        self.rights.sender = usable;
    }

    /// The day and the counts of the campaign after one more mail.
    pub fn after(&self, is_new: bool) -> (String, i64, i64) {
        let new = self.gates.new_today.saturating_add(i64::from(is_new));
        (self.today.to_string(), self.gates.sent_today.saturating_add(1), new)
    }

    /// The gates that are closed for every lead. `is_new` means first mails; otherwise they are follow-ups.
    pub fn stops(&self, sender: &Sender, is_new: bool, now: Time) -> Vec<Stop> {
        let lead = gates::Lead { waits: true, is_new, revision: self.run.revision, due_at: Some(now) };
        let contact = Contact { esp_allows: true, ..Contact::default() };
        self.facts(sender, (lead, contact), true).stops(now)
    }

    /// The first gate that is closed for a step that is due then, without the gates that depend on the lead.
    pub fn stop_before_lead(&self, sender: &Sender, is_new: bool, due_at: Time, now: Time) -> Option<Stop> {
        let lead = gates::Lead { waits: true, is_new, revision: self.run.revision, due_at: Some(due_at) };
        let contact = Contact { esp_allows: true, ..Contact::default() };
        self.facts(sender, (lead, contact), true).stop(now)
    }

    /// The first gate that is closed for a lead. The lease of the account is ignored.
    pub fn stop(&self, sender: &Sender, target: &Target, now: Time) -> Option<Stop> {
        self.facts(sender, (target.gates.clone(), target.contact.clone()), true).stop(now)
    }

    fn facts(&self, sender: &Sender, (lead, contact): (gates::Lead, Contact), leased: bool) -> Facts {
        Facts {
            leased,
            account: sender.gates.clone(),
            campaign: self.gates.clone(),
            lead,
            contact,
            rights: self.rights.clone(),
        }
    }
}

/// Everything about a mail, and the first gate that is closed.
pub struct Whole {
    pub sender: Sender,
    pub lane: Lane,
    pub target: Target,
    pub stop: Option<Stop>,
}

/// `revision` is that of the campaign from which the mail was written. None: it is not written yet.
pub async fn whole(
    can: &Caller,
    mut from: Source<'_>,
    claim: &Claim,
    (place, revision): (Place, Option<i64>),
) -> Result<Result<Whole, Stop>> {
    let Some(sender) = sender(can, from.again(), claim.account).await? else {
        return Ok(Err(closed(Gate::Account)));
    };
    let Some(lane) = lane(can, from.again(), place.campaign, claim.account).await? else {
        return Ok(Err(closed(Gate::Campaign)));
    };
    let revision = revision.unwrap_or(lane.run.revision);
    let target = target(can, from, (&lane, claim.account), (place, revision)).await?;
    let Some(target) = target else { return Ok(Err(closed(Gate::Lead))) };
    let leased = sender.is_held(claim, can.now());
    let facts = lane.facts(&sender, (target.gates.clone(), target.contact.clone()), leased);
    let stop = facts.stop(can.now());
    Ok(Ok(Whole { sender, lane, target, stop }))
}
