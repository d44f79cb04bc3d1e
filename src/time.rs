//! A point in time: milliseconds since 1970. On the wire it is RFC 3339 in UTC, with milliseconds and `Z`.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub i64);

impl Time {
    /// In milliseconds, like all durations here.
    pub const MINUTE: i64 = 60 * 1000;
    pub const HOUR: i64 = 60 * Time::MINUTE;
    pub const DAY: i64 = 24 * Time::HOUR;

    pub fn plus(self, milliseconds: i64) -> Time {
        Time(self.0.saturating_add(milliseconds))
    }

    pub fn minus(self, milliseconds: i64) -> Time {
        self.plus(-milliseconds)
    }

    /// Reads RFC 3339.
    pub fn parse(text: &str) -> Option<Time> {
        let parsed = DateTime::parse_from_rfc3339(text).ok()?;
        Some(Time(parsed.timestamp_millis()))
    }

    /// The UTC midnight at which a day `YYYY-MM-DD` begins.
    pub fn of_day(day: &str) -> Option<Time> {
        if day.len() != 10 || !day.starts_with(|digit: char| digit.is_ascii_digit()) {
            return None;
        }
        let day = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
        Some(Time(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis()))
    }

    /// Its day in UTC, `YYYY-MM-DD`.
    pub fn day(self) -> String {
        self.utc().format("%Y-%m-%d").to_string()
    }

    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.utc().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(text: D) -> Result<Self, D::Error> {
        let wrong = || serde::de::Error::custom("not a time of RFC 3339");
        Time::parse(&String::deserialize(text)?).ok_or_else(wrong)
    }
}

impl JsonSchema for Time {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}
