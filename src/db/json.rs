//! JSON columns, which are either parsed or passed on unchanged.

use crate::error::{Error, Result};
use crate::http::Absent;
use rusqlite::types as lite;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::{RawValue, to_raw_value};
use std::borrow::Cow;
use std::marker::PhantomData;
use tokio_postgres::types as pg;

/// A JSON column that is parsed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Json<T>(pub T);

impl<T: serde::Serialize> Json<T> {
    /// The text to bind. This cannot fail for values of this program, because all its maps have text keys.
    pub fn value(value: &T) -> serde_json::Value {
        serde_json::to_value(value).unwrap_or_default()
    }
}

impl<T: serde::de::DeserializeOwned> lite::FromSql for Json<T> {
    fn column_result(value: lite::ValueRef<'_>) -> lite::FromSqlResult<Self> {
        serde_json::from_slice(value.as_bytes()?).map(Json).map_err(lite::FromSqlError::other)
    }
}

impl<'a, T: serde::de::DeserializeOwned> pg::FromSql<'a> for Json<T> {
    fn from_sql(ty: &pg::Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        pg::Json::from_sql(ty, raw).map(|pg::Json(value)| Json(value))
    }
    fn accepts(ty: &pg::Type) -> bool {
        <pg::Json<serde_json::Value> as pg::FromSql>::accepts(ty)
    }
}

/// A JSON column that is passed on without parsing.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(transparent)]
pub struct Raw(Box<RawValue>);

impl Raw {
    /// The value that it stands for.
    pub fn value(&self) -> serde_json::Value {
        serde_json::from_str(self.0.get()).unwrap_or_default()
    }

    /// Bytes of its text.
    pub fn weight(&self) -> usize {
        self.0.get().len()
    }
}

impl Default for Raw {
    fn default() -> Self {
        Raw(RawValue::from_string("{}".to_owned()).unwrap_or_default())
    }
}

impl lite::FromSql for Raw {
    fn column_result(value: lite::ValueRef<'_>) -> lite::FromSqlResult<Self> {
        serde_json::from_slice(value.as_bytes()?).map(Raw).map_err(lite::FromSqlError::other)
    }
}

impl<'a> pg::FromSql<'a> for Raw {
    fn from_sql(ty: &pg::Type, raw: &'a [u8]) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        let pg::Json(text) = pg::Json::<&RawValue>::from_sql(ty, raw)?;
        Ok(Raw(text.to_owned()))
    }
    fn accepts(ty: &pg::Type) -> bool {
        <pg::Json<serde_json::Value> as pg::FromSql>::accepts(ty)
    }
}

/// A part of a JSON column that is mostly passed on, so it stays text. In a body it is first read as `T`, so
/// the text contains only fields of `T`.
#[derive(Debug)]
pub struct Kept<T> {
    text: Box<RawValue>,
    of: PhantomData<fn() -> T>,
}

impl<T> Kept<T> {
    /// The text as stored in the database.
    pub fn stored(text: Box<RawValue>) -> Self {
        Kept { text, of: PhantomData }
    }

    /// Bytes of its text.
    pub fn weight(&self) -> usize {
        self.text.get().len()
    }

    pub fn read(&self) -> Result<T>
    where
        T: DeserializeOwned,
    {
        serde_json::from_str(self.text.get()).map_err(Error::internal)
    }
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Kept::stored(self.text.clone())
    }
}

impl<T> Absent for Kept<Vec<T>> {
    fn is_absent(&self) -> bool {
        self.text.get() == "[]"
    }
}

/// An empty list.
impl<T> Default for Kept<Vec<T>> {
    fn default() -> Self {
        Kept::stored(RawValue::from_string("[]".to_owned()).unwrap_or_default())
    }
}

impl<T> Serialize for Kept<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(to)
    }
}

impl<'de, T: Deserialize<'de> + Serialize> Deserialize<'de> for Kept<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        to_raw_value(&T::deserialize(from)?).map(Kept::stored).map_err(de::Error::custom)
    }
}

impl<T: JsonSchema> JsonSchema for Kept<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}
