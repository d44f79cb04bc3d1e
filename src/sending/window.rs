//! When a campaign can send: the union of its schedules. Each schedule has a window on some days of the week, in its own
//! time zone.
//!
//! A window opens at the first instant at which the clock has reached `from`, and closes after the last instant at which
//! the clock shows a time before `to`. This also defines windows on days when clocks change. All questions are about an
//! instant that the caller gives, and are answered from civil time each time, because the rules of a zone can change.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time as Clock};

use super::zone::Zone;
use crate::time::Time;

/// How many days before an instant a window can have begun that is still open: windows are at most a day long, and a
/// change of clocks adds hours.
const BACK: i32 = 2;
/// How many days ahead windows are looked for. A weekly window that falls into a gap is there a week later.
const AHEAD: i32 = 16;

#[derive(Clone, Debug)]
pub struct Rule {
    pub zone: Zone,
    pub from: Clock,
    /// At or before `from`: on the next day.
    pub to: Clock,
    /// The days on which the window opens. The first is Sunday.
    pub days: [bool; 7],
}

/// An open stretch of time, without its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    pub from: Time,
    pub until: Time,
}

impl Span {
    pub fn contains(&self, at: Time) -> bool {
        self.from <= at && at < self.until
    }
}

/// The schedules of a campaign.
#[derive(Clone, Debug)]
pub struct Calendar {
    rules: Vec<Rule>,
    first: Option<Date>,
    last: Option<Date>,
}

impl Calendar {
    /// `first` and `last` are days in the zone of the first rule.
    pub fn new(rules: Vec<Rule>, first: Option<Date>, last: Option<Date>) -> Calendar {
        Calendar { rules, first, last }
    }

    /// The zone in which the campaign counts its days: that of the first schedule.
    pub fn zone(&self) -> Zone {
        self.rules.first().map_or_else(Zone::utc, |rule| rule.zone.clone())
    }

    pub fn day(&self, at: Time) -> Date {
        self.zone().day(at)
    }

    /// When the campaign's day is over.
    pub fn day_ends(&self, at: Time) -> Time {
        let after = self.day(at).tomorrow();
        after.map_or(at, |day| self.zone().passed(day.at(0, 0, 0, 0)))
    }

    pub fn is_open(&self, at: Time) -> bool {
        self.next(at).is_some_and(|span| span.contains(at))
    }

    /// Whether the last day is over.
    pub fn is_over(&self, at: Time) -> bool {
        self.end().is_some_and(|end| end <= at)
    }

    /// The window that is open at an instant, or the next one. Windows that overlap or adjoin are one. `None`: no window
    /// opens any more. A window without an end is cut after some weeks, so the caller asks again when it is over.
    pub fn next(&self, at: Time) -> Option<Span> {
        let begin = self.begin();
        let start = begin.map_or(at, |begin| begin.max(at));
        let mut spans: Vec<Span> = self.rules.iter().flat_map(|rule| rule.spans(start)).collect();
        for span in &mut spans {
            span.from = begin.map_or(span.from, |begin| begin.max(span.from));
            span.until = self.end().map_or(span.until, |end| end.min(span.until));
        }
        spans.retain(|span| span.from < span.until && span.until > start);
        spans.sort_unstable();
        let mut spans = spans.into_iter();
        let mut found = spans.next()?;
        for span in spans {
            if span.from > found.until {
                break;
            }
            found.until = found.until.max(span.until);
        }
        Some(found)
    }

    fn begin(&self) -> Option<Time> {
        self.first.map(|day| self.zone().reached(day.at(0, 0, 0, 0)))
    }

    fn end(&self) -> Option<Time> {
        let after = self.last?.tomorrow().ok()?;
        Some(self.zone().passed(after.at(0, 0, 0, 0)))
    }
}

impl Rule {
    /// The windows around an instant, and those of the next weeks.
    fn spans(&self, around: Time) -> impl Iterator<Item = Span> {
        let today = self.zone.day(around);
        let days = (-BACK..=AHEAD).filter_map(move |days| today.checked_add(days.days()).ok());
        days.filter(|day| self.opens_on(*day)).filter_map(|day| self.on(day))
    }

    fn opens_on(&self, day: Date) -> bool {
        let weekday = usize::try_from(day.weekday().to_sunday_zero_offset()).unwrap_or_default();
        self.days.get(weekday).copied().unwrap_or_default()
    }

    fn on(&self, day: Date) -> Option<Span> {
        let last = if self.to > self.from { day } else { day.tomorrow().ok()? };
        let from = self.zone.reached(DateTime::from_parts(day, self.from));
        let until = self.zone.passed(DateTime::from_parts(last, self.to));
        (from < until).then_some(Span { from, until })
    }
}

#[cfg(test)]
#[path = "tests/windows.rs"]
mod tests;
