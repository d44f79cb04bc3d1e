//! How the databases store a time: `timestamptz` in PostgreSQL, an integer in SQLite.

use crate::time::Time;
use chrono::{DateTime, Utc};
use rusqlite::types as lite;
use std::error::Error;
use tokio_postgres::types as pg;

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
