//! Columns of JSON: read into what they stand for, or passed on as they are.

use rusqlite::types as lite;
use serde_json::value::RawValue;
use tokio_postgres::types as pg;

/// A column of JSON, read into what it stands for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Json<T>(pub T);

impl<T: serde::Serialize> Json<T> {
    /// As it is bound. Fails for nothing that this program stores: its maps have text for keys.
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

/// A column of JSON that is only passed on.
#[derive(Clone, Debug, serde::Serialize)]
#[serde(transparent)]
pub struct Raw(Box<RawValue>);

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
