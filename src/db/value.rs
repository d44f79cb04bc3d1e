//! The values that a statement binds.

use super::record::{Field, Record, Row};
use crate::error::Result;
use crate::time::Time;
use bytes::BytesMut;
use rusqlite::types as lite;
use tokio_postgres::types as pg;
use uuid::Uuid;

#[derive(Clone, Debug)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    Uuid(Uuid),
    Time(Time),
    Json(serde_json::Value),
}

macro_rules! values { ($($variant:ident: $type:ty),*) => { $(
    impl From<$type> for Value { fn from(v: $type) -> Self { Value::$variant(v) } }
    impl From<Option<$type>> for Value { fn from(v: Option<$type>) -> Self { v.map_or(Value::Null, Value::from) } }
    impl Field for $type {
        type Column = Self;
        fn read(column: Self) -> Result<Self> { Ok(column) }
        fn value(&self) -> Value { Value::$variant(self.clone()) }
    }
    impl Record for $type {
        const COLUMNS: &'static str = "";
        fn read(row: &mut Row) -> Result<Self> { row.take() }
    }
    impl Record for Option<$type> {
        const COLUMNS: &'static str = "";
        fn read(row: &mut Row) -> Result<Self> { row.take() }
    }
)* } }
values!(Bool: bool, Int: i64, Text: String, Uuid: Uuid, Time: Time, Json: serde_json::Value);

impl<T: AsRef<str> + ?Sized> From<&T> for Value {
    fn from(v: &T) -> Self {
        Value::Text(v.as_ref().to_owned())
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<lite::ToSqlOutput<'_>> {
        match self {
            Value::Null => lite::Null.to_sql(),
            Value::Bool(v) => v.to_sql(),
            Value::Int(v) | Value::Time(Time(v)) => v.to_sql(),
            Value::Text(v) => v.to_sql(),
            Value::Uuid(v) => v.to_sql(),
            Value::Json(v) => v.to_sql(),
        }
    }
}

impl pg::ToSql for Value {
    fn to_sql(
        &self,
        ty: &pg::Type,
        out: &mut BytesMut,
    ) -> Result<pg::IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(pg::IsNull::Yes),
            Value::Bool(v) => v.to_sql_checked(ty, out),
            Value::Int(v) => v.to_sql_checked(ty, out),
            Value::Text(v) => v.to_sql_checked(ty, out),
            Value::Uuid(v) => v.to_sql_checked(ty, out),
            Value::Time(v) => v.to_sql_checked(ty, out),
            Value::Json(v) => v.to_sql_checked(ty, out),
        }
    }
    fn accepts(_: &pg::Type) -> bool {
        true
    }
    pg::to_sql_checked!();
}
