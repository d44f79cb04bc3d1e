//! How long an account waits between two mails, and when the next step of a sequence is due.

use jiff::ToSpan;
use uuid::Uuid;

use super::{draw, zone::Zone};
use crate::time::Time;

/// Minutes between two mails of an account, unless its `sending_gap` says otherwise.
const SENDING_GAP: f64 = 1.0;
/// Minutes between two mails of an account in one campaign, unless its `email_gap` says otherwise.
const EMAIL_GAP: f64 = 10.0;
/// Minutes of the random wait, unless `random_wait_max` says otherwise.
const RANDOM_WAIT: f64 = 5.0;
/// The longest wait that counts, in minutes.
const LONGEST_GAP: f64 = 30.0 * 24.0 * 60.0;
/// The longest delay between two steps, in days: ten years.
const LONGEST_DELAY: f64 = 3650.0;

/// The unit of a delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Minutes,
    Hours,
    Days,
}

/// The least time between two mails of an account, over all campaigns, in milliseconds.
pub fn account_gap(sending_gap: Option<f64>) -> i64 {
    minutes(sending_gap.unwrap_or(SENDING_GAP))
}

/// The time from one mail of an account in a campaign to the next, in milliseconds. The random part depends on the
/// mail that was sent.
pub fn campaign_gap(email_gap: Option<f64>, random_wait_max: Option<f64>, send: Uuid) -> i64 {
    let most = minutes(random_wait_max.unwrap_or(RANDOM_WAIT));
    let bound = u64::try_from(most).unwrap_or_default().saturating_add(1);
    let random = draw::below(bound, &[b"gap", send.as_bytes()]);
    minutes(email_gap.unwrap_or(EMAIL_GAP)).saturating_add(i64::try_from(random).unwrap_or_default())
}

fn minutes(minutes: f64) -> i64 {
    milliseconds(minutes.clamp(0.0, LONGEST_GAP), Time::MINUTE)
}

/// When the step after a mail is due. Days are civil days in the zone of the campaign, at the same time of day. Minutes,
/// hours and parts of a day are exact.
pub fn due(sent: Time, delay: f64, unit: Unit, zone: &Zone) -> Time {
    match unit {
        Unit::Minutes => sent.plus(milliseconds(delay.clamp(0.0, LONGEST_DELAY * 24.0 * 60.0), Time::MINUTE)),
        Unit::Hours => sent.plus(milliseconds(delay.clamp(0.0, LONGEST_DELAY * 24.0), Time::HOUR)),
        Unit::Days => days(sent, delay.clamp(0.0, LONGEST_DELAY), zone),
    }
}

fn days(sent: Time, delay: f64, zone: &Zone) -> Time {
    let rest = milliseconds(delay.fract(), Time::DAY);
    #[expect(clippy::cast_possible_truncation, reason = "at most ten years of days")]
    let whole = delay.trunc() as i64;
    if whole == 0 {
        return sent.plus(rest);
    }
    let later = zone.civil(sent).checked_add(whole.days()).map(|civil| zone.reached(civil));
    later.unwrap_or(sent.plus(whole.saturating_mul(Time::DAY))).plus(rest)
}

fn milliseconds(number: f64, unit: i64) -> i64 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "callers bound it")]
    let exact = (number * unit as f64).round() as i64;
    exact
}
