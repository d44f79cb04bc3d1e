//! A clock that never goes back. If the system's clock is set back an hour, expired records stay expired: the time goes
//! on from the latest moment seen, at the machine's pace, until the system's clock has caught up.

use crate::time::Time;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

pub struct Clock {
    began: Instant,
    /// The system's clock at `began`, in milliseconds since 1970.
    start: i64,
    /// By how much the latest moment seen was ahead of `start` plus the time since.
    ahead: AtomicI64,
}

impl Default for Clock {
    fn default() -> Self {
        Clock { began: Instant::now(), start: system(), ahead: AtomicI64::new(0) }
    }
}

impl Clock {
    pub fn now(&self) -> Time {
        self.see(system(), self.steady())
    }

    /// Goes on from `mark`, if that is later than now. Returns by how many milliseconds.
    pub fn not_before(&self, mark: Time) -> i64 {
        let now = self.now();
        self.see(mark.0, self.steady());
        (mark.0 - now.0).max(0)
    }

    /// The start of the clock plus the time that has passed since, whatever the system's clock says.
    fn steady(&self) -> i64 {
        self.start.saturating_add(i64::try_from(self.began.elapsed().as_millis()).unwrap_or(i64::MAX))
    }

    fn see(&self, moment: i64, steady: i64) -> Time {
        let ahead = moment.saturating_sub(steady);
        let before = self.ahead.fetch_max(ahead, Ordering::SeqCst);
        Time(steady.saturating_add(ahead.max(before)))
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that asks the system for the time")]
fn system() -> i64 {
    chrono::Utc::now().timestamp_millis()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_follows_the_system_forward_and_never_back() {
        let clock = Clock { began: Instant::now(), start: 1_000, ahead: AtomicI64::new(0) };
        assert_eq!(clock.see(1_000, 1_000), Time(1_000));
        assert_eq!(clock.see(5_000, 1_100), Time(5_000), "set forward");
        assert_eq!(clock.see(-3_600_000, 1_200), Time(5_100), "set back: the machine's pace goes on");
        assert_eq!(clock.see(5_050, 1_300), Time(5_200), "not caught up yet");
        assert_eq!(clock.see(9_000, 1_400), Time(9_000), "caught up");
    }

    #[test]
    fn a_mark_from_before_a_restart_counts() {
        let clock = Clock::default();
        let late = clock.now().plus(3_600_000);
        assert!(clock.not_before(late) > 3_599_000);
        assert!(clock.now() >= late);
        assert_eq!(clock.not_before(Time(0)), 0);
    }
}
