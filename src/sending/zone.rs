//! Civil time: days and times of day in a time zone. The rules of the zones are compiled in, so that they do not
//! depend on the machine.

use std::sync::LazyLock;

use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, Offset, TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, ToSpan};

use crate::time::Time;

static BUNDLED: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A time zone that IANA names.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone(TimeZone);

impl Zone {
    pub fn named(name: &str) -> Option<Zone> {
        BUNDLED.get(name).ok().map(Zone)
    }

    pub fn utc() -> Zone {
        Zone(TimeZone::UTC)
    }

    /// What a clock on the wall shows.
    pub fn civil(&self, at: Time) -> DateTime {
        self.0.to_datetime(timestamp(at))
    }

    pub fn day(&self, at: Time) -> Date {
        self.civil(at).date()
    }

    /// The first instant at which the clock has reached `civil`. If clocks skip `civil`, it is the instant after the
    /// gap. If they show it twice, it is the first of the two.
    pub fn reached(&self, civil: DateTime) -> Time {
        let ambiguous = self.0.to_ambiguous_timestamp(civil);
        let instant = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset } => at(offset, civil),
            AmbiguousOffset::Fold { before, .. } => at(before, civil),
            AmbiguousOffset::Gap { before, .. } => self.change(at(before, civil)),
        };
        Time(instant.as_millisecond())
    }

    /// The instant after the last one at which the clock shows a time before `civil`. If clocks show `civil` twice, it
    /// is the second of the two, unless they are set back to exactly `civil`.
    pub fn passed(&self, civil: DateTime) -> Time {
        let ambiguous = self.0.to_ambiguous_timestamp(civil);
        let instant = match ambiguous.offset() {
            AmbiguousOffset::Unambiguous { offset } => at(offset, civil),
            AmbiguousOffset::Fold { before, after } => {
                let second = at(after, civil);
                if self.change(second) == second { at(before, civil) } else { second }
            }
            AmbiguousOffset::Gap { before, .. } => self.change(at(before, civil)),
        };
        Time(instant.as_millisecond())
    }

    /// The next change of the clocks.
    #[cfg(test)]
    pub fn after(&self, at: Time) -> Option<Time> {
        self.0.following(timestamp(at)).next().map(|change| Time(change.timestamp().as_millisecond()))
    }

    /// The last change of the clocks at or before an instant. Without one, the instant itself.
    fn change(&self, near: Timestamp) -> Timestamp {
        let behind = near.checked_add(1.nanosecond()).unwrap_or(near);
        self.0.preceding(behind).next().map_or(near, |change| change.timestamp())
    }
}

/// The later of today and the day that was counted last. If a setting changes the time zone, the counted day never
/// goes back, so that a limit is not given out twice.
pub fn forward(counted: Option<Date>, today: Date) -> Date {
    counted.map_or(today, |counted| counted.max(today))
}

fn at(offset: Offset, civil: DateTime) -> Timestamp {
    let end = if civil.year() < 0 { Timestamp::MIN } else { Timestamp::MAX };
    offset.to_timestamp(civil).unwrap_or(end)
}

fn timestamp(at: Time) -> Timestamp {
    let end = if at.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(at.0).unwrap_or(end)
}
