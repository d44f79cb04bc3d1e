//! The values of a campaign in words.

use super::super::settings::{Days, Schedule, Sequence, Unit, Window};

/// The state of a campaign: its word, and the class of its badge.
#[derive(Clone, Copy)]
pub struct State {
    pub word: &'static str,
    pub class: &'static str,
}

pub const STATES: [(i64, &str, &str); 8] = [
    (0, "draft", ""),
    (1, "active", "yes"),
    (2, "paused", "warn"),
    (3, "completed", "accent"),
    (4, "running subsequences", "yes"),
    (-1, "accounts unhealthy", "no"),
    (-2, "bounce protect", "no"),
    (-99, "accounts suspended", "no"),
];

pub fn state(status: i64) -> State {
    let found = STATES.iter().find(|(number, ..)| *number == status);
    found.map_or(State { word: "unknown", class: "" }, |(_, word, class)| State { word, class })
}

pub fn status_of(word: &str) -> Option<i64> {
    STATES.iter().find(|(_, known, _)| *known == word).map(|(number, ..)| *number)
}

/// The days of a week by the wire's number, in the order in which people read them.
pub const WEEK: [(&str, &str); 7] =
    [("1", "Mon"), ("2", "Tue"), ("3", "Wed"), ("4", "Thu"), ("5", "Fri"), ("6", "Sat"), ("0", "Sun")];

/// `Mon, Tue, Wed 09:00 to 17:00, Europe/Berlin`.
pub fn window(window: &Window) -> String {
    let days = days(&window.days);
    let days = if days.is_empty() { "no day".to_owned() } else { days };
    format!("{days} {} to {}, {}", window.timing.from, window.timing.to, window.timezone)
}

/// `Mon to Fri`, or the days one by one.
fn days(days: &Days) -> String {
    let value = serde_json::to_value(days).unwrap_or_default();
    let is = |number: &str| value.get(number).and_then(serde_json::Value::as_bool) == Some(true);
    let chosen: Vec<&str> = WEEK.iter().filter(|(number, _)| is(number)).map(|(_, name)| *name).collect();
    match chosen.as_slice() {
        ["Mon", "Tue", "Wed", "Thu", "Fri"] => "Mon to Fri".to_owned(),
        all if all.len() == WEEK.len() => "every day".to_owned(),
        some => some.join(", "),
    }
}

/// `From 2026-05-01 until 2026-06-30`, or nothing.
pub fn dates(schedule: &Schedule) -> String {
    match (&schedule.start_date, &schedule.end_date) {
        (Some(start), Some(end)) => format!("From {start} until {end}"),
        (Some(start), None) => format!("From {start}"),
        (None, Some(end)) => format!("Until {end}"),
        (None, None) => String::new(),
    }
}

/// `3 steps, over 6 days`.
pub fn steps(sequence: Option<&Sequence>) -> String {
    let steps = sequence.map_or(&[][..], |sequence| sequence.steps.as_slice());
    let Some((_, before)) = steps.split_last() else { return String::new() };
    let days: f64 =
        before.iter().map(|step| step.delay.as_f64().unwrap_or(0.0) * in_days(step.delay_unit)).sum();
    let count = match steps.len() {
        1 => "1 step".to_owned(),
        more => format!("{more} steps"),
    };
    match days {
        days if days < 1.0 => count,
        days if days < 1.5 => format!("{count}, over 1 day"),
        days => format!("{count}, over {days:.0} days"),
    }
}

fn in_days(unit: Unit) -> f64 {
    match unit {
        Unit::Minutes => 1.0 / 1440.0,
        Unit::Hours => 1.0 / 24.0,
        Unit::Days => 1.0,
    }
}

/// The name of a variant: `A` for the first.
pub fn letter(number: usize) -> char {
    u8::try_from(number).ok().and_then(|number| b'A'.checked_add(number)).map_or('?', char::from)
}
