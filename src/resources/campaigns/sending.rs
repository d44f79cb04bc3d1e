//! The settings of a campaign as the decisions of sending take them.

use super::settings::{Days, Step, Unit, Window};
use super::{Campaign, Schedule};
use crate::error::Result;
use crate::sending::window::{Calendar, Rule};
use crate::sending::zone::Zone;
use crate::sending::{limit, pace};
use crate::time::Time;
use serde_json::Number;

impl Campaign {
    /// The steps of its first sequence.
    pub fn steps(&self) -> Result<Vec<Step>> {
        Ok(self.settings.sequences.read()?.into_iter().next().map_or(vec![], |sequence| sequence.steps))
    }

    pub fn calendar(&self) -> Result<Calendar> {
        Ok(self.campaign_schedule.read()?.calendar())
    }

    /// Whether it stops writing to a lead who replied. Null counts as yes.
    pub fn stops_on_reply(&self) -> bool {
        self.settings.stop_on_reply != Some(false)
    }

    pub fn daily_limit(&self) -> Option<i64> {
        limit::number(self.settings.daily_limit.as_ref().and_then(Number::as_f64))
    }

    /// The time from a mail of an account to its next one in this campaign, in milliseconds.
    pub fn gap(&self, send: uuid::Uuid) -> i64 {
        let number = |number: &Option<Number>| number.as_ref().and_then(Number::as_f64);
        pace::campaign_gap(number(&self.settings.email_gap), number(&self.settings.random_wait_max), send)
    }
}

impl Schedule {
    fn calendar(&self) -> Calendar {
        let date = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
        let rules = self.schedules.iter().filter_map(Window::rule).collect();
        Calendar::new(rules, date(&self.start_date), date(&self.end_date))
    }
}

impl Window {
    /// None for a zone or a time that cannot be read. Such a window never opens.
    fn rule(&self) -> Option<Rule> {
        let clock = |text: &str| text.parse().ok();
        let (from, to) = (clock(&self.timing.from)?, clock(&self.timing.to)?);
        Some(Rule { zone: Zone::named(&self.timezone)?, from, to, days: self.days.open() })
    }
}

impl Days {
    fn open(&self) -> [bool; 7] {
        self.all().map(|day| day == Some(true))
    }
}

impl Step {
    /// When the step after this one is due.
    pub fn next_due(&self, sent: Time, zone: &Zone) -> Time {
        let unit = match self.delay_unit {
            Unit::Minutes => pace::Unit::Minutes,
            Unit::Hours => pace::Unit::Hours,
            Unit::Days => pace::Unit::Days,
        };
        pace::due(sent, self.delay.as_f64().unwrap_or_default(), unit, zone)
    }

    /// The numbers of its variants that are used.
    pub fn enabled(&self) -> Vec<usize> {
        let numbered = self.variants.iter().enumerate();
        numbered.filter(|(_, variant)| variant.v_disabled != Some(true)).map(|(number, _)| number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_schedule_becomes_windows_of_its_zone() {
        let schedule: Schedule = serde_json::from_value(json!({
            "start_date": "2026-03-02", "end_date": "2026-03-03",
            "schedules": [
                { "name": "a", "timing": { "from": "09:00", "to": "17:00" }, "days": { "1": true, "2": true, "3": true },
                  "timezone": "America/Chicago" },
                { "name": "b", "timing": { "from": "09:00", "to": "17:00" }, "days": { "1": true }, "timezone": "No/Where" },
            ],
        }))
        .unwrap();
        let calendar = schedule.calendar();
        let at = |text: &str| Time::parse(text).unwrap();
        let open = [
            ("2026-03-01T15:00:00Z", false),
            ("2026-03-02T14:59:00Z", false),
            ("2026-03-02T15:00:00Z", true),
            ("2026-03-02T22:59:00Z", true),
            ("2026-03-02T23:00:00Z", false),
            ("2026-03-03T16:00:00Z", true),
            ("2026-03-04T16:00:00Z", false),
        ];
        for (text, expected) in open {
            assert_eq!(calendar.is_open(at(text)), expected, "{text}");
        }
        assert!(calendar.is_over(at("2026-03-04T16:00:00Z")));
    }
}
