//! Whether a mail can leave now. One statement reads the facts, and this judges them: both before a mail is armed, and for
//! the question why a campaign does not send. So the answer to the question is what really stops the mail.

use super::limit::Limit;
use super::window::Span;
use crate::time::Time;

/// How old a reading of the inbox can be before a follow-up leaves.
pub const FRESH: i64 = 15 * Time::MINUTE;

/// What stops a mail. They are asked in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gate {
    /// Another process has the account.
    Lease,
    /// The account is paused, or has an error.
    Account,
    AccountDay,
    AccountGap,
    Campaign,
    /// The campaign was changed after the mail was written.
    Revision,
    Window,
    CampaignDay,
    CampaignGap,
    NewLeads,
    Lead,
    Due,
    /// A reply could be there that nobody has read.
    Inbox,
    /// Another campaign wrote to the person today.
    ContactDay,
    Suppressed,
    Company,
    Esp,
    /// The owner or the launcher has lost the right to send.
    Mandate,
    /// The owner can no longer use the account.
    Sender,
    /// The admin workspace's link is paused or allows less.
    Link,
    /// The ceiling of the admin workspace is reached.
    Ceiling,
}

impl Gate {
    /// The name by which `sending-status` calls it.
    pub fn name(self) -> &'static str {
        match self {
            Gate::Lease => "lease",
            Gate::Account => "account",
            Gate::AccountDay => "account_day",
            Gate::AccountGap => "account_gap",
            Gate::Campaign => "campaign",
            Gate::Revision => "revision",
            Gate::Window => "window",
            Gate::CampaignDay => "campaign_day",
            Gate::CampaignGap => "campaign_gap",
            Gate::NewLeads => "new_leads",
            Gate::Lead => "lead",
            Gate::Due => "due",
            Gate::Inbox => "inbox",
            Gate::ContactDay => "contact_day",
            Gate::Suppressed => "suppressed",
            Gate::Company => "company",
            Gate::Esp => "esp",
            Gate::Mandate => "mandate",
            Gate::Sender => "sender",
            Gate::Link => "link",
            Gate::Ceiling => "ceiling",
        }
    }
}

/// What a transaction has read about one mail.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// Whether the process still holds the account.
    pub leased: bool,
    pub account: Account,
    pub campaign: Campaign,
    pub lead: Lead,
    pub contact: Contact,
    pub rights: Rights,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Account {
    pub active: bool,
    pub limit: Limit,
    pub sent_today: i64,
    /// When its gap is over.
    pub gap_until: Option<Time>,
    pub day_ends: Time,
    pub inbox_read_at: Option<Time>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Campaign {
    pub active: bool,
    pub revision: i64,
    /// The window that is open now, or the next one.
    pub window: Option<Span>,
    pub daily_limit: Option<i64>,
    pub sent_today: i64,
    pub daily_max_leads: Option<i64>,
    pub new_today: i64,
    pub day_ends: Time,
    /// When the gap of the account in this campaign is over.
    pub gap_until: Option<Time>,
    /// `stop_on_reply`, which is on unless it is false.
    pub stops_on_reply: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Lead {
    /// Whether it is active and waits for this step.
    pub waits: bool,
    /// Whether this is its first mail in the campaign.
    pub is_new: bool,
    /// The revision from which the mail was written.
    pub revision: i64,
    /// When the step is due. A new lead can have a time before which it must not be contacted.
    pub due_at: Option<Time>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Contact {
    /// Until when no other campaign can write to the person, because one has today.
    pub taken_until: Option<Time>,
    pub suppressed: bool,
    /// The limit for a company, and how many mails it got. The time is when the count begins again.
    pub company: Option<(i64, i64, Time)>,
    pub esp_allows: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Rights {
    pub mandate: bool,
    pub sender: bool,
    pub link: bool,
    /// The ceiling of the whole workspace, how many campaign mails left today, and when the day ends.
    pub ceiling: Option<(i64, i64, Time)>,
}

/// What stops a mail, and until when if that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    pub gate: Gate,
    pub until: Option<Time>,
}

impl Facts {
    /// The first gate that is closed.
    pub fn stop(&self, now: Time) -> Option<Stop> {
        self.gates(now).into_iter().find_map(|(gate, closed)| closed.map(|until| Stop { gate, until }))
    }

    /// All gates that are closed.
    pub fn stops(&self, now: Time) -> Vec<Stop> {
        let all = self.gates(now).into_iter();
        all.filter_map(|(gate, closed)| closed.map(|until| Stop { gate, until })).collect()
    }

    /// Each gate, in order. A closed gate has a value, and the time when it opens if that is known.
    fn gates(&self, now: Time) -> [(Gate, Option<Option<Time>>); 21] {
        let Facts { account, campaign, lead, contact, rights, .. } = self;
        let unless = |open: bool| (!open).then_some(None);
        let before = |until: Option<Time>| until.filter(|until| *until > now).map(Some);
        let count = |limit: Option<i64>, done: i64, again: Time| {
            limit.filter(|limit| done >= *limit).map(|_| Some(again))
        };
        let window = match campaign.window {
            Some(span) if span.contains(now) => None,
            Some(span) => Some(Some(span.from)),
            None => Some(None),
        };
        let daily_max = campaign.daily_max_leads.filter(|_| lead.is_new);
        let day = |counted: Option<(i64, i64, Time)>| {
            counted.and_then(|(limit, done, again)| count(Some(limit), done, again))
        };
        [
            (Gate::Lease, unless(self.leased)),
            (Gate::Account, unless(account.active)),
            (Gate::AccountDay, count(Some(account.limit.mails), account.sent_today, account.day_ends)),
            (Gate::AccountGap, before(account.gap_until)),
            (Gate::Campaign, unless(campaign.active)),
            (Gate::Revision, unless(lead.revision == campaign.revision)),
            (Gate::Window, window),
            (Gate::CampaignDay, count(campaign.daily_limit, campaign.sent_today, campaign.day_ends)),
            (Gate::CampaignGap, before(campaign.gap_until)),
            (Gate::NewLeads, count(daily_max, campaign.new_today, campaign.day_ends)),
            (Gate::Lead, unless(lead.waits)),
            (Gate::Due, self.due(now)),
            (Gate::Inbox, unless(self.inbox_is_read(now))),
            (Gate::ContactDay, before(contact.taken_until)),
            (Gate::Suppressed, unless(!contact.suppressed)),
            (Gate::Company, day(contact.company)),
            (Gate::Esp, unless(contact.esp_allows)),
            (Gate::Mandate, unless(rights.mandate)),
            (Gate::Sender, unless(rights.sender)),
            (Gate::Link, unless(rights.link)),
            (Gate::Ceiling, day(rights.ceiling)),
        ]
    }

    /// A follow-up without a time has nothing to wait for.
    fn due(&self, now: Time) -> Option<Option<Time>> {
        match self.lead.due_at {
            None if self.lead.is_new => None,
            None => Some(None),
            Some(due) => (due > now).then_some(Some(due)),
        }
    }

    fn inbox_is_read(&self, now: Time) -> bool {
        let read = self.account.inbox_read_at.is_some_and(|read| read >= now.minus(FRESH) && read <= now);
        self.lead.is_new || !self.campaign.stops_on_reply || read
    }
}
