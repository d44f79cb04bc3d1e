//! Reading rows into records, and storing the fields of a record in columns.

use super::{Json, Value};
use crate::error::{Error, Result};
use rusqlite::types as lite;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Any};
use std::borrow::Cow;
use tokio_postgres::types as pg;

/// A value that both engines can return as a column.
pub trait Column: lite::FromSql + for<'a> pg::FromSql<'a> {}
impl<T: lite::FromSql + for<'a> pg::FromSql<'a>> Column for T {}

/// A field of a record that is stored in one column: how it is read and bound.
pub trait Field: Sized {
    type Column: Column;
    fn read(column: Self::Column) -> Result<Self>;
    fn value(&self) -> Value;
}

impl<T: Field> Field for Option<T> {
    type Column = Option<T::Column>;
    fn read(column: Self::Column) -> Result<Self> {
        column.map(T::read).transpose()
    }
    fn value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::value)
    }
}

/// A list is stored as a JSON column.
impl<T: Serialize + DeserializeOwned> Field for Vec<T> {
    type Column = Json<Vec<T>>;
    fn read(Json(list): Self::Column) -> Result<Self> {
        Ok(list)
    }
    fn value(&self) -> Value {
        Json::value(self).into()
    }
}

/// So is an object.
impl Field for Map<String, Any> {
    type Column = Json<Map<String, Any>>;
    fn read(Json(object): Self::Column) -> Result<Self> {
        Ok(object)
    }
    fn value(&self) -> Value {
        Json::value(self).into()
    }
}

impl<T: Serialize + DeserializeOwned> Field for Json<T> {
    type Column = Json<T>;
    fn read(column: Self::Column) -> Result<Self> {
        Ok(column)
    }
    fn value(&self) -> Value {
        Json::value(&self.0).into()
    }
}

pub trait Record: Sized + Send + 'static {
    const COLUMNS: &'static str;
    /// The text that fills `{columns}`.
    fn columns() -> Cow<'static, str> {
        Self::COLUMNS.into()
    }
    fn read(row: &mut Row) -> Result<Self>;
    /// The length of the text that an answer contains unchanged, for fields that can be long.
    fn weight(&self) -> usize {
        0
    }
}

impl<A: Record, B: Record> Record for (A, B) {
    const COLUMNS: &'static str = "";
    fn columns() -> Cow<'static, str> {
        match (A::columns(), B::columns()) {
            (first, second) if second.is_empty() => first,
            (first, second) if first.is_empty() => second,
            (first, second) => [&*first, ", ", &*second].concat().into(),
        }
    }
    fn read(row: &mut Row) -> Result<Self> {
        Ok((A::read(row)?, B::read(row)?))
    }
    fn weight(&self) -> usize {
        self.0.weight() + self.1.weight()
    }
}

/// Lists the columns of a record that is only read, in the order of reading. A column with another name follows `=`.
/// A record that has a table of its own is described by `stored!`.
macro_rules! record {
    (@ $field:ident) => { stringify!($field) };
    (@ $field:ident $column:literal) => { $column };
    ($name:ident { $first:ident $(= $column:literal)? $(, $rest:ident $(= $other:literal)?)* $(,)? }) => {
        impl $crate::db::Record for $name {
            const COLUMNS: &'static str = concat!(
                $crate::db::record!(@ $first $($column)?)
                $(, ", ", $crate::db::record!(@ $rest $($other)?))*
            );
            fn read(row: &mut $crate::db::Row) -> $crate::error::Result<Self> {
                Ok(Self { $first: row.take()?, $($rest: row.take()?),* })
            }
        }
    };
}
pub(crate) use record;

/// A row, read from left to right.
pub struct Row<'a> {
    cells: Cells<'a>,
    next: usize,
}

pub(super) enum Cells<'a> {
    Sqlite(&'a rusqlite::Row<'a>),
    Postgres(&'a tokio_postgres::Row),
}

impl<'a> Row<'a> {
    pub(super) fn record<T: Record>(cells: Cells<'a>) -> Result<T> {
        T::read(&mut Row { cells, next: 0 })
    }

    pub fn take<T: Column>(&mut self) -> Result<T> {
        let at = self.next;
        self.next += 1;
        match self.cells {
            Cells::Sqlite(row) => row.get(at).map_err(Error::from),
            Cells::Postgres(row) => row.try_get(at).map_err(Error::from),
        }
    }

    pub fn field<T: Field>(&mut self) -> Result<T> {
        T::read(self.take()?)
    }
}
