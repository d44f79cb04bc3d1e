//! A moment: milliseconds since 1970, `timestamptz` in PostgreSQL, an integer in SQLite, `...000Z` on the wire.

use chrono::{DateTime, SecondsFormat, Utc};
use rusqlite::types as lite;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::error::Error;
use tokio_postgres::types as pg;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub i64);

impl Time {
    pub fn plus(self, milliseconds: i64) -> Time {
        Time(self.0.saturating_add(milliseconds))
    }

    pub fn minus(self, milliseconds: i64) -> Time {
        self.plus(-milliseconds)
    }

    /// RFC 3339.
    pub fn parse(text: &str) -> Option<Time> {
        let moment = DateTime::parse_from_rfc3339(text).ok()?;
        Some(Time(moment.timestamp_millis()))
    }

    /// Its day in UTC, `YYYY-MM-DD`.
    pub fn day(self) -> String {
        self.utc().format("%Y-%m-%d").to_string()
    }

    fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }
}

impl std::fmt::Display for Time {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.utc().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl serde::Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl lite::FromSql for Time {
    fn column_result(value: lite::ValueRef<'_>) -> lite::FromSqlResult<Self> {
        value.as_i64().map(Time)
    }
}

impl<'a> pg::FromSql<'a> for Time {
    fn from_sql(ty: &pg::Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Time(DateTime::<Utc>::from_sql(ty, raw)?.timestamp_millis()))
    }
    fn accepts(ty: &pg::Type) -> bool {
        <DateTime<Utc> as pg::FromSql>::accepts(ty)
    }
}

impl pg::ToSql for Time {
    fn to_sql(
        &self,
        ty: &pg::Type,
        out: &mut bytes::BytesMut,
    ) -> Result<pg::IsNull, Box<dyn Error + Sync + Send>> {
        self.utc().to_sql(ty, out)
    }
    fn accepts(ty: &pg::Type) -> bool {
        <DateTime<Utc> as pg::ToSql>::accepts(ty)
    }
    pg::to_sql_checked!();
}

impl<'de> serde::Deserialize<'de> for Time {
    fn deserialize<D: serde::Deserializer<'de>>(text: D) -> Result<Self, D::Error> {
        let wrong = || serde::de::Error::custom("not a time of RFC 3339");
        Time::parse(&String::deserialize(text)?).ok_or_else(wrong)
    }
}

impl Time {
    /// The UTC midnight at which a day `YYYY-MM-DD` begins.
    pub fn of_day(day: &str) -> Option<Time> {
        if day.len() != 10 || !day.starts_with(|digit: char| digit.is_ascii_digit()) {
            return None;
        }
        let day = chrono::NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?;
        Some(Time(day.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis()))
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
