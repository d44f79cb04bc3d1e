//! Limits, gaps, delays, variants and the order, against slower computations of the same rules.

use super::*;
use jiff::ToSpan;
use jiff::civil::date;
use limit::{Because, Limit, Ramp};
use message_id::{Place, message_id};
use order::{Kind, place};
use pace::Unit;
use proptest::prelude::*;
use uuid::Uuid;
use variant::Score;
use zone::Zone;

use crate::time::Time;

fn at(text: &str) -> Time {
    Time::parse(text).unwrap()
}

#[test]
fn the_least_of_three_limits_counts() {
    let limit = |mails, because| Limit { mails, because };
    assert_eq!(limit::today(None, None, 100), limit(30, Because::Setting));
    assert_eq!(limit::today(Some(50.9), None, 100), limit(50, Because::Setting));
    assert_eq!(limit::today(Some(50.0), Some(0), 100), limit(2, Because::Ramp));
    assert_eq!(limit::today(Some(50.0), Some(23), 100), limit(48, Because::Ramp));
    assert_eq!(limit::today(Some(50.0), Some(24), 100), limit(50, Because::Setting));
    assert_eq!(limit::today(Some(50.0), Some(24), 25), limit(12, Because::Factor));
    assert_eq!(limit::today(Some(3.0), None, 50), limit(1, Because::Factor));
    assert_eq!(limit::today(Some(-3.0), Some(5), 100), limit(0, Because::Setting));
    assert_eq!(limit::today(Some(f64::MAX), None, 100), limit(1_000_000, Because::Setting));
    assert_eq!(limit::today(Some(f64::NAN), Some(i64::MAX), 100).mails, 0);
}

#[test]
fn days_are_civil_and_hours_are_exact() {
    let chicago = Zone::named("America/Chicago").unwrap();
    // 9:00 before and after the change of 8 March 2026.
    let sent = at("2026-03-07T15:00:00Z");
    assert_eq!(pace::due(sent, 2.0, Unit::Days, &chicago), at("2026-03-09T14:00:00Z"));
    assert_eq!(pace::due(sent, 48.0, Unit::Hours, &chicago), at("2026-03-09T15:00:00Z"));
    assert_eq!(pace::due(sent, 90.0, Unit::Minutes, &chicago), at("2026-03-07T16:30:00Z"));
    assert_eq!(pace::due(sent, 0.5, Unit::Days, &chicago), at("2026-03-08T03:00:00Z"));
    assert_eq!(pace::due(sent, 1.5, Unit::Days, &chicago), at("2026-03-09T02:00:00Z"));
    // 2:30 is not there on 8 March.
    let night = at("2026-03-07T08:30:00Z");
    assert_eq!(pace::due(night, 1.0, Unit::Days, &chicago), at("2026-03-08T08:00:00Z"));
    for odd in [-1.0, 0.0, f64::NAN] {
        assert_eq!(pace::due(sent, odd, Unit::Days, &chicago), sent);
    }
    let most = pace::due(sent, f64::MAX, Unit::Days, &chicago);
    assert!(most > sent && pace::due(sent, f64::INFINITY, Unit::Minutes, &chicago) > sent, "{most}");
}

#[test]
fn gaps_have_defaults_and_bounds() {
    assert_eq!(pace::account_gap(None), Time::MINUTE);
    assert_eq!(pace::account_gap(Some(0.5)), 30_000);
    assert_eq!(pace::account_gap(Some(-1.0)), 0);
    assert_eq!(pace::campaign_gap(None, Some(0.0), Uuid::nil()), 10 * Time::MINUTE);
    assert_eq!(pace::campaign_gap(Some(1e300), Some(0.0), Uuid::nil()), 30 * Time::DAY);
    let gaps: Vec<i64> = (0..1000).map(|n| pace::campaign_gap(None, None, Uuid::from_u128(n))).collect();
    assert!(gaps.iter().all(|gap| (10 * Time::MINUTE..=15 * Time::MINUTE).contains(gap)));
    let (least, most) = (*gaps.iter().min().unwrap(), *gaps.iter().max().unwrap());
    assert!(least < 10 * Time::MINUTE + 5_000 && most > 15 * Time::MINUTE - 5_000, "{least} {most}");
    assert_eq!(gaps[7], pace::campaign_gap(None, None, Uuid::from_u128(7)), "the same mail, the same gap");
}

#[test]
fn variants_have_equal_shares_and_stay() {
    let sequence = Uuid::from_u128(1);
    let mut counts = [0; 4];
    for lead in 0..3000 {
        let chosen = variant::choose(&[0, 1, 3], Uuid::from_u128(lead), sequence, 2).unwrap();
        assert_eq!(Some(chosen), variant::choose(&[0, 1, 3], Uuid::from_u128(lead), sequence, 2));
        counts[chosen] += 1;
    }
    assert!(counts[2] == 0 && [0, 1, 3].iter().all(|at| (900..1100).contains(&counts[*at])), "{counts:?}");
    assert_eq!(variant::choose(&[], sequence, sequence, 0), None);
    // The choices of two steps are independent.
    let same = (0..1000).filter(|lead| {
        let of = |step| variant::choose(&[0, 1], Uuid::from_u128(*lead), sequence, step);
        of(0) == of(1)
    });
    assert!((400..600).contains(&same.count()));
}

#[test]
fn a_variant_wins_only_with_a_sample() {
    let score = |sent, hits| Score { sent, hits };
    assert_eq!(variant::winner(&[score(99, 99), score(100, 0)]), None);
    assert_eq!(variant::winner(&[score(100, 20), score(100, 5)]), Some(0));
    assert_eq!(variant::winner(&[score(100, 9), score(100, 8)]), None);
    assert_eq!(variant::winner(&[score(200, 4), score(200, 5), score(200, 30)]), Some(2));
    assert_eq!((variant::winner(&[score(500, 90)]), variant::winner(&[])), (None, None));
    // As Python computes the formula: 4 of 50, z = 1.28.
    let (lower, upper) = variant::wilson(score(50, 4));
    assert!(
        (lower - 0.043_198).abs() < 0.000_001 && (upper - 0.143_454).abs() < 0.000_001,
        "{lower} {upper}"
    );
    assert_eq!(variant::wilson(score(0, 0)), (0.0, 1.0));
}

#[test]
fn follow_ups_go_first_unless_the_campaign_prefers_new_leads() {
    let place = |kind, prefers, since| place(kind, prefers, Time(since));
    let mut line = [
        (place(Kind::NewLead, false, 1), "new lead"),
        (place(Kind::FollowUp, false, 5), "follow-up"),
        (place(Kind::FollowUp, true, 0), "follow-up that waits for new leads"),
        (place(Kind::NewLead, true, 4), "preferred new lead"),
        (place(Kind::FollowUp, false, 3), "older follow-up"),
    ];
    line.sort_unstable();
    let names = line.map(|(_, name)| name);
    assert_eq!(
        names,
        [
            "older follow-up",
            "preferred new lead",
            "follow-up",
            "follow-up that waits for new leads",
            "new lead"
        ]
    );
}

#[test]
fn a_message_id_depends_on_the_ids_and_the_key_only() {
    let key = |secret: &[u8]| ring::hmac::Key::new(ring::hmac::HMAC_SHA256, secret);
    let step = Place {
        workspace: Uuid::from_u128(1),
        lead: Uuid::from_u128(2),
        sequence: Uuid::from_u128(3),
        step: 0,
    };
    let id = |step| message_id(&key(b"k"), step, "jo@mail.acme.example");
    let own = id(step);
    // As Python's hmac and base64 compute it.
    assert_eq!(own, "<ulbga3ryebeomorgvreiamynvj@mail.acme.example>");
    let others = [
        id(Place { workspace: Uuid::from_u128(9), ..step }),
        id(Place { lead: Uuid::from_u128(9), ..step }),
        id(Place { sequence: Uuid::from_u128(9), ..step }),
        id(Place { step: 1, ..step }),
        message_id(&key(b"other"), step, "jo@mail.acme.example"),
    ];
    assert!(others.iter().all(|other| *other != own), "{others:?}");
    let odd = message_id(&key(b"k"), step, "jo@evil\r\nBcc: x@y>");
    assert!(odd.ends_with("@evilBccxy>") || odd.matches(['\r', '\n', ' ']).count() == 0, "{odd}");
}

/// The ramp, day by day.
fn ramp_by_days(sent: &[bool]) -> i64 {
    let (mut days, mut idle) = (0, 0);
    for sent in sent {
        if *sent {
            (days, idle) = (days + 1, 0);
        } else {
            idle += 1;
            if idle % 14 == 0 {
                days /= 2;
            }
        }
    }
    days
}

proptest! {
    #[test]
    fn the_ramp_counts_days_of_sending(sent in prop::collection::vec(prop::bool::weighted(0.2), 0..120)) {
        let first = date(2026, 1, 20);
        let day = |number: usize| first.checked_add(i64::try_from(number).unwrap().days()).unwrap();
        let mut ramp = Ramp::default();
        for (number, sends) in sent.iter().enumerate() {
            prop_assert_eq!(ramp.on(day(number)), ramp_by_days(&sent[..number]));
            if *sends {
                ramp = ramp.sent(day(number)).sent(day(number));
                prop_assert_eq!(ramp.on(day(number)), ramp_by_days(&sent[..number]), "today does not count");
            }
        }
    }

    #[test]
    fn a_step_is_never_due_before_the_last_mail(
        sent in 1_767_225_600_000_i64..1_830_297_600_000,
        delay in 0.0..40.0_f64,
        zone in prop::sample::select(vec!["America/St_Johns", "Europe/Belgrade", "Africa/Cairo", "Pacific/Apia"]),
    ) {
        let zone = Zone::named(zone).unwrap();
        let due = pace::due(Time(sent), delay, Unit::Days, &zone);
        prop_assert!(due >= Time(sent));
        // At the same time of day, if the clocks show it.
        let whole = pace::due(Time(sent), delay.trunc(), Unit::Days, &zone);
        let (before, after) = (zone.civil(Time(sent)), zone.civil(whole));
        let days = (after.date() - before.date()).get_days();
        prop_assert!(f64::from(days) == delay.trunc() || before.time().hour() < 4, "{before} {after}");
        prop_assert!(before.time() == after.time() || before.time().hour() < 4, "{before} {after}");
    }

    #[test]
    fn a_draw_is_below_its_bound(bound in any::<u64>(), a in any::<Vec<u8>>(), b in any::<Vec<u8>>()) {
        let drawn = draw::below(bound, &[&a, &b]);
        prop_assert!(drawn < bound.max(1));
        prop_assert_eq!(drawn, draw::below(bound, &[&a, &b]));
    }
}
