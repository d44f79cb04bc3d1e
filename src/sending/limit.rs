//! How many campaign mails an account can send today.

use jiff::civil::Date;

/// The daily limit of an account whose `daily_limit` is not set.
pub const UNSET: i64 = 30;
/// The most that counts of a limit, so that sums stay numbers.
const MOST: f64 = 1_000_000.0;
/// Days without a mail after which the ramp falls to half.
const IDLE: i64 = 14;
/// What the ramp adds for each day.
const STEP: i64 = 2;

/// Which rule sets the limit of today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    Setting,
    Ramp,
    /// The server lowered the limit, because mails bounced.
    Factor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub mails: i64,
    pub because: Because,
}

/// A limit as the wire has it: any number, or none.
pub fn number(setting: Option<f64>) -> Option<i64> {
    let whole = setting?.floor().clamp(0.0, MOST);
    #[expect(clippy::cast_possible_truncation, reason = "a whole number within its bounds")]
    Some(whole as i64)
}

/// The least of the setting, the ramp and the lowered limit. `factor` is in percent.
pub fn today(daily_limit: Option<f64>, ramp_days: Option<i64>, factor: i64) -> Limit {
    let setting = number(daily_limit).unwrap_or(UNSET);
    let lowered = setting.saturating_mul(factor.clamp(0, 100)) / 100;
    let mut limit = Limit { mails: setting, because: Because::Setting };
    if lowered < limit.mails {
        limit = Limit { mails: lowered, because: Because::Factor };
    }
    if let Some(days) = ramp_days {
        let ramp = STEP.saturating_mul(days.max(0).saturating_add(1));
        if ramp < limit.mails {
            limit = Limit { mails: ramp, because: Because::Ramp };
        }
    }
    limit
}

/// The slow start of an account. It counts the days on which the account sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ramp {
    /// How many days there were before `last`.
    pub days: i64,
    /// The last day on which the account sent.
    pub last: Option<Date>,
}

impl Ramp {
    /// The number of earlier days on which the account sent. Days without a mail do not count, and every 14 of them in
    /// a row halve the number.
    pub fn on(&self, today: Date) -> i64 {
        let Some(last) = self.last.filter(|last| *last < today) else { return self.days };
        let idle = i64::from((today - last).get_days()) - 1;
        let halved = u32::try_from(idle / IDLE).unwrap_or(u32::MAX).min(62);
        (self.days.max(0).saturating_add(1)) >> halved
    }

    /// The ramp after a mail.
    pub fn sent(&self, today: Date) -> Ramp {
        if self.last.is_some_and(|last| last >= today) {
            return *self;
        }
        Ramp { days: self.on(today), last: Some(today) }
    }
}
