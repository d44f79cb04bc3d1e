//! Gates, routing, and what can be expected of a day.

use super::esp::{Esp, Kinds, Routing, Rule};
use super::expected::{Left, Sender, expected_today, open_today};
use super::gates::*;
use super::limit::{Because, Limit};
use super::window::{Calendar, Span};
use super::zone::Zone;
use crate::time::Time;
use proptest::prelude::*;

const NOW: Time = Time(1_795_000_000_000);

/// A follow-up that nothing stops.
fn open() -> Facts {
    let later = NOW.plus(Time::HOUR);
    Facts {
        leased: true,
        account: Account {
            active: true,
            limit: Limit { mails: 30, because: Because::Setting },
            sent_today: 29,
            gap_until: Some(NOW),
            day_ends: later,
            inbox_read_at: Some(NOW.minus(FRESH)),
        },
        campaign: Campaign {
            active: true,
            revision: 4,
            window: Some(Span { from: NOW, until: later }),
            daily_limit: Some(10),
            sent_today: 9,
            daily_max_leads: Some(0),
            new_today: 5,
            day_ends: later,
            gap_until: None,
            stops_on_reply: true,
        },
        lead: Lead { waits: true, is_new: false, revision: 4, due_at: Some(NOW) },
        contact: Contact { esp_allows: true, company: Some((3, 2, later)), ..Contact::default() },
        rights: Rights { mandate: true, sender: true, link: true, ceiling: Some((100, 99, later)) },
    }
}

/// Closes one gate, and says until when.
fn close(facts: &mut Facts, gate: Gate) -> Option<Time> {
    let later = NOW.plus(Time::HOUR);
    let after = NOW.plus(1);
    match gate {
        Gate::Lease => facts.leased = false,
        Gate::Account => facts.account.active = false,
        Gate::AccountDay => {
            facts.account.sent_today = 30;
            return Some(later);
        }
        Gate::AccountGap => {
            facts.account.gap_until = Some(after);
            return Some(after);
        }
        Gate::Campaign => facts.campaign.active = false,
        Gate::Revision => facts.lead.revision = 3,
        Gate::Window => {
            facts.campaign.window = Some(Span { from: after, until: later });
            return Some(after);
        }
        Gate::CampaignDay => {
            facts.campaign.daily_limit = Some(9);
            return Some(later);
        }
        Gate::CampaignGap => {
            facts.campaign.gap_until = Some(after);
            return Some(after);
        }
        Gate::NewLeads => {
            facts.lead.is_new = true;
            return Some(later);
        }
        Gate::Lead => facts.lead.waits = false,
        Gate::Due => {
            facts.lead.due_at = Some(after);
            return Some(after);
        }
        Gate::Inbox => facts.account.inbox_read_at = Some(NOW.minus(FRESH + 1)),
        Gate::ContactDay => {
            facts.contact.taken_until = Some(after);
            return Some(after);
        }
        Gate::Suppressed => facts.contact.suppressed = true,
        Gate::Company => {
            facts.contact.company = Some((2, 2, later));
            return Some(later);
        }
        Gate::Esp => facts.contact.esp_allows = false,
        Gate::Mandate => facts.rights.mandate = false,
        Gate::Sender => facts.rights.sender = false,
        Gate::Link => facts.rights.link = false,
        Gate::Ceiling => facts.rights.ceiling = Some((99, 99, later)),
    }
    (gate == Gate::Ceiling).then_some(later)
}

const ALL: [Gate; 21] = [
    Gate::Lease,
    Gate::Account,
    Gate::AccountDay,
    Gate::AccountGap,
    Gate::Campaign,
    Gate::Revision,
    Gate::Window,
    Gate::CampaignDay,
    Gate::CampaignGap,
    Gate::NewLeads,
    Gate::Lead,
    Gate::Due,
    Gate::Inbox,
    Gate::ContactDay,
    Gate::Suppressed,
    Gate::Company,
    Gate::Esp,
    Gate::Mandate,
    Gate::Sender,
    Gate::Link,
    Gate::Ceiling,
];

#[test]
fn each_gate_stops_by_its_name() {
    assert_eq!(open().stop(NOW), None);
    for gate in ALL {
        let mut facts = open();
        let until = close(&mut facts, gate);
        assert_eq!(facts.stop(NOW), Some(Stop { gate, until }));
    }
}

#[test]
fn some_gates_are_not_asked_of_all_mails() {
    let mut new = open();
    new.lead = Lead { is_new: true, due_at: None, ..new.lead };
    new.campaign.daily_max_leads = None;
    new.account.inbox_read_at = None;
    assert_eq!(new.stop(NOW), None, "a new lead has no inbox to read and no time");
    let mut follow_up = open();
    follow_up.lead.due_at = None;
    assert_eq!(follow_up.stop(NOW), Some(Stop { gate: Gate::Due, until: None }));
    let mut unread = open();
    unread.account.inbox_read_at = None;
    assert_eq!(unread.stop(NOW).map(|stop| stop.gate), Some(Gate::Inbox));
    unread.campaign.stops_on_reply = false;
    assert_eq!(unread.stop(NOW), None);
    let mut ahead = open();
    ahead.account.inbox_read_at = Some(NOW.plus(1));
    assert_eq!(
        ahead.stop(NOW).map(|stop| stop.gate),
        Some(Gate::Inbox),
        "a time in the future proves nothing"
    );
    let mut over = open();
    over.campaign.window = None;
    assert_eq!(over.stop(NOW), Some(Stop { gate: Gate::Window, until: None }));
}

/// Every pair that the rules name, one by one.
fn permitted(routing: &Routing, sender: Esp, recipient: Esp) -> bool {
    let all = [Esp::Google, Esp::Outlook, Esp::Other];
    let list = |kinds: &Kinds| if kinds.0.is_empty() { all.to_vec() } else { kinds.0.clone() };
    let (mut sent, mut barred, mut named) = (false, false, false);
    for rule in &routing.rules {
        for to in list(&rule.recipients) {
            for from in list(&rule.senders) {
                let this = (from, to) == (sender, recipient);
                barred |= this && !rule.send;
                sent |= this && rule.send;
                named |= rule.send && to == recipient;
            }
        }
    }
    !barred && (sent || !named)
}

fn kinds() -> impl Strategy<Value = Kinds> {
    prop::collection::vec(prop::sample::select(vec![Esp::Google, Esp::Outlook, Esp::Other]), 0..3)
        .prop_map(Kinds)
}

fn maybe() -> impl Strategy<Value = Option<Esp>> {
    prop::sample::select(vec![None, Some(Esp::Google), Some(Esp::Outlook), Some(Esp::Other)])
}

proptest! {
    /// Of several closed gates, the first in the order is named, and all are listed.
    #[test]
    fn the_first_closed_gate_is_named(closed in prop::sample::subsequence(ALL.to_vec(), 1..8)) {
        // A new lead needs no fresh inbox.
        prop_assume!(!(closed.contains(&Gate::NewLeads) && closed.contains(&Gate::Inbox)));
        let mut facts = open();
        for gate in &closed {
            close(&mut facts, *gate);
        }
        prop_assert_eq!(facts.stop(NOW).map(|stop| stop.gate), closed.iter().min().copied());
        let all: Vec<Gate> = facts.stops(NOW).into_iter().map(|stop| stop.gate).collect();
        prop_assert_eq!(all, closed);
    }

    #[test]
    fn routing_is_strict_and_matching_is_not(
        own_kind in any::<bool>(),
        rules in prop::collection::vec((any::<bool>(), kinds(), kinds()), 0..4),
        senders in prop::collection::vec(maybe(), 1..4),
        at in any::<prop::sample::Index>(),
        recipient in maybe(),
    ) {
        let rules = rules.into_iter().map(|(send, recipients, senders)| Rule { send, recipients, senders }).collect();
        let routing = Routing { own_kind, rules, senders };
        let sender = *at.get(&routing.senders);
        let allowed = routing.allows(sender, recipient);
        match (sender, recipient) {
            (Some(from), Some(to)) => {
                let better = routing.senders.contains(&Some(to)) && permitted(&routing, to, to);
                let expected = permitted(&routing, from, to) && !(own_kind && from != to && better);
                prop_assert_eq!(allowed, expected);
            }
            _ => prop_assert!(allowed, "an unknown kind keeps nobody from writing"),
        }
        prop_assert_eq!(routing.has_sender(recipient), routing.senders.iter().any(|from| routing.allows(*from, recipient)));
    }

    /// The bound is what accounts send that always send as soon as they can.
    #[test]
    fn what_is_expected_is_what_a_busy_day_sends(
        spans in prop::collection::vec((0_i64..200, 1_i64..100), 0..4),
        senders in prop::collection::vec((0_i64..40, 1_i64..30, 0_i64..300), 0..4),
        campaign in prop::option::of(0_i64..60),
        waiting in 0_i64..80,
    ) {
        let mut open: Vec<Span> = Vec::new();
        let mut at = 0;
        for (pause, length) in spans {
            open.push(Span { from: Time(at + pause), until: Time(at + pause + length) });
            at += pause + length;
        }
        let senders: Vec<Sender> =
            senders.into_iter().map(|(left, gap, from)| Sender { left, gap, from: Time(from) }).collect();
        let left = Left { campaign, new_leads: None, ceiling: None, waiting_new: waiting, waiting_follow_ups: 0 };
        let (mut ready, mut sent) = (senders.clone(), 0);
        for moment in 0..at {
            if !open.iter().any(|span| span.contains(Time(moment))) {
                continue;
            }
            for sender in &mut ready {
                let goes = sender.from.0 <= moment && sender.left > 0 && sent < waiting && campaign.is_none_or(|most| sent < most);
                if goes {
                    (sender.left, sender.from, sent) = (sender.left - 1, Time(moment + sender.gap), sent + 1);
                }
            }
        }
        prop_assert_eq!(expected_today(&open, &senders, left), sent);
    }
}

#[test]
fn new_leads_and_ceilings_limit_a_day() {
    let open = [Span { from: Time(0), until: Time(1000) }];
    let senders = [Sender { left: 50, gap: 1, from: Time(0) }];
    let left =
        Left { campaign: None, new_leads: Some(5), ceiling: None, waiting_new: 20, waiting_follow_ups: 7 };
    assert_eq!(expected_today(&open, &senders, left), 12);
    assert_eq!(expected_today(&open, &senders, Left { ceiling: Some(3), ..left }), 3);
    assert_eq!(expected_today(&open, &senders, Left { ceiling: Some(-3), ..left }), 0);
    assert_eq!(expected_today(&open, &[], left), 0);
    let none = Left { new_leads: Some(-1), waiting_follow_ups: -1, ..left };
    assert_eq!(expected_today(&open, &senders, none), 0);
}

#[test]
fn the_rest_of_a_day_is_open_in_its_windows() {
    let clock = |hour| jiff::civil::time(hour, 0, 0, 0);
    let rule = |from, to| super::window::Rule {
        zone: Zone::named("Europe/Belgrade").unwrap(),
        from: clock(from),
        to: clock(to),
        days: [true; 7],
    };
    let calendar = Calendar::new(vec![rule(9, 12), rule(14, 17), rule(22, 3)], None, None);
    let at = |text: &str| Time::parse(text).unwrap();
    // 10:30 in Belgrade, in summer.
    let found = open_today(&calendar, at("2026-07-01T08:30:00Z"));
    let expected = [
        ("2026-07-01T08:30:00Z", "2026-07-01T10:00:00Z"),
        ("2026-07-01T12:00:00Z", "2026-07-01T15:00:00Z"),
        ("2026-07-01T20:00:00Z", "2026-07-01T22:00:00Z"),
    ];
    assert_eq!(found, expected.map(|(from, until)| Span { from: at(from), until: at(until) }));
    assert_eq!(calendar.day_ends(at("2026-07-01T08:30:00Z")), at("2026-07-01T22:00:00Z"));
}
