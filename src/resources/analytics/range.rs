//! The range of time in which figures are counted.

use crate::error::{Error, Result};
use crate::time::Time;

/// The most days of a range that has a time of day.
const MOST_DAYS: i64 = 31;
const FIRST: &str = "0001-01-01";
const LAST: &str = "9999-12-31";

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Range {
    /// Whole days, `YYYY-MM-DD`, both included.
    Days { first: String, last: String },
    /// From a time until just before another one.
    Times { from: Time, until: Time },
}

impl Default for Range {
    fn default() -> Range {
        Range::Days { first: FIRST.to_owned(), last: LAST.to_owned() }
    }
}

impl Range {
    /// A day, or a midnight of UTC, stands for the whole day, also as the end. No start means since the beginning.
    pub fn of(start: Option<&str>, end: Option<&str>, now: Time) -> Result<Range> {
        let (start, end) = (read("start_date", start)?, read("end_date", end)?);
        if let (Some(start), Some(end)) = (start, end)
            && start > end
        {
            return Err(Error::invalid("querystring/start_date must not be after end_date"));
        }
        if [start, end].into_iter().flatten().all(is_midnight) {
            let day =
                |time: Option<Time>, none: &str| time.map_or_else(|| none.to_owned(), |time| time.day());
            return Ok(Range::Days { first: day(start, FIRST), last: day(end, LAST) });
        }
        let until = match end {
            Some(end) if is_midnight(end) => end.plus(Time::DAY),
            Some(end) => end,
            None => now.plus(1),
        };
        let from = start.filter(|from| until.0 - from.0 <= MOST_DAYS * Time::DAY).ok_or_else(|| {
            Error::invalid(format!(
                "querystring/start_date must be at most {MOST_DAYS} days before end_date if one of them has a time of day"
            ))
        })?;
        Ok(Range::Times { from, until })
    }

    /// The same as times.
    pub fn times(&self) -> (Time, Time) {
        match self {
            Range::Times { from, until } => (*from, *until),
            Range::Days { first, last } => {
                let begins = |day: &str| Time::of_day(day).unwrap_or(Time(0));
                (begins(first), begins(last).plus(Time::DAY))
            }
        }
    }
}

fn is_midnight(time: Time) -> bool {
    time.0 % Time::DAY == 0
}

fn read(parameter: &str, text: Option<&str>) -> Result<Option<Time>> {
    let wrong = || {
        Error::invalid(format!("querystring/{parameter} must be a day as YYYY-MM-DD, or a time of RFC 3339"))
    };
    let within = |time: &Time| (Time::of_day(FIRST)..=Time::of_day(LAST)).contains(&Some(*time));
    let read = |text: &str| Time::of_day(text).or_else(|| Time::parse(text)).filter(within);
    text.map(|text| read(text).ok_or_else(wrong)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time(1_700_000_000_000);

    fn of(start: &str, end: &str) -> Result<Range> {
        let given = |text: &'static str| Some(text).filter(|text| !text.is_empty());
        let (start, end): (&'static str, &'static str) = (start.to_owned().leak(), end.to_owned().leak());
        Range::of(given(start), given(end), NOW)
    }

    fn days(first: &str, last: &str) -> Range {
        Range::Days { first: first.to_owned(), last: last.to_owned() }
    }

    #[test]
    fn a_day_is_whole_and_so_is_a_midnight() {
        assert_eq!(of("2026-04-07", "2026-04-07").unwrap(), days("2026-04-07", "2026-04-07"));
        assert_eq!(
            of("2026-04-07T00:00:00Z", "2026-04-09T00:00:00.000Z").unwrap(),
            days("2026-04-07", "2026-04-09")
        );
        assert_eq!(of("", "").unwrap(), Range::default());
        let (from, until) = of("2026-04-07", "2026-04-07").unwrap().times();
        assert_eq!((from.day(), until.0 - from.0), ("2026-04-07".to_owned(), Time::DAY));
    }

    #[test]
    fn a_time_of_day_is_a_range_of_times() {
        let (from, until) = of("2026-04-07T10:00:00Z", "2026-04-08").unwrap().times();
        assert_eq!(
            (from.to_string(), until.day()),
            ("2026-04-07T10:00:00.000Z".to_owned(), "2026-04-09".to_owned())
        );
        assert!(matches!(of("2026-04-07", "2026-04-07T10:00:00+02:00").unwrap(), Range::Times { .. }));
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (start, end, field) in [
            ("2026-04-08", "2026-04-07", "start_date"),
            ("x", "", "start_date"),
            ("", "2026-13-01", "end_date"),
            ("2026-01-01T10:00:00Z", "2026-04-01", "start_date"),
            ("", "2026-04-01T10:00:00Z", "start_date"),
            ("+99999-01-01T00:00:00Z", "", "start_date"),
        ] {
            let error = of(start, end).unwrap_err().to_string();
            assert!(error.contains(&format!("querystring/{field}")), "{error}");
        }
    }
}
