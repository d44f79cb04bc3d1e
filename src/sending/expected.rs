//! How many mails of a campaign can leave today at most: the bound that all limits together leave.

use super::window::{Calendar, Span};
use crate::time::Time;

/// An account of the campaign that can send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sender {
    /// What its limit of today leaves.
    pub left: i64,
    /// The least time between two mails, in milliseconds: the longer of its two gaps, without the random part.
    pub gap: i64,
    /// When it can send next.
    pub from: Time,
}

/// What else limits the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Of `daily_limit`.
    pub campaign: Option<i64>,
    /// Of `daily_max_leads`.
    pub new_leads: Option<i64>,
    /// Of the ceiling of the admin workspace.
    pub ceiling: Option<i64>,
    /// New leads that can be contacted, and follow-ups that are due today.
    pub waiting_new: i64,
    pub waiting_follow_ups: i64,
}

/// The open stretches from now to the end of the campaign's day.
pub fn open_today(calendar: &Calendar, now: Time) -> Vec<Span> {
    let ends = calendar.day_ends(now);
    let (mut found, mut at) = (Vec::new(), now);
    while let Some(span) = calendar.next(at).filter(|span| span.from < ends) {
        found.push(Span { from: span.from.max(at), until: span.until.min(ends) });
        at = span.until;
    }
    found
}

pub fn expected_today(open: &[Span], senders: &[Sender], left: Left) -> i64 {
    let by_accounts: i64 = senders
        .iter()
        .map(|sender| sender.left.min(slots(open, *sender)).max(0))
        .fold(0, i64::saturating_add);
    let new = left.new_leads.map_or(left.waiting_new, |most| most.min(left.waiting_new)).max(0);
    let waiting = new.saturating_add(left.waiting_follow_ups.max(0));
    let limits = [Some(by_accounts), left.campaign, left.ceiling, Some(waiting)];
    limits.into_iter().flatten().min().unwrap_or_default().max(0)
}

/// How many mails an account can send in the open stretches.
fn slots(open: &[Span], sender: Sender) -> i64 {
    let gap = sender.gap.max(1);
    let (mut count, mut next) = (0_i64, sender.from);
    for span in open {
        let from = span.from.max(next);
        if from < span.until {
            let more = (span.until.0 - 1 - from.0) / gap + 1;
            count = count.saturating_add(more);
            next = from.plus(more.saturating_mul(gap));
        }
    }
    count
}
