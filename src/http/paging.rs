//! Lists: keyset pages, newest first. Ids are UUID v7, so the order of ids is the order of creation.

use super::absent_not_null;
use crate::db::Time;
use crate::error::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The default size of a page.
const SIZE: i64 = 10;
const MOST: i64 = 100;

#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Paging {
    /// How many items to give, 1 to 100; 10 if it is left out.
    #[schemars(transform = absent_not_null, range(min = 1, max = 100))]
    pub limit: Option<i64>,
    /// `next_starting_after` of the page before. A mere position: it is never looked up.
    #[schemars(transform = absent_not_null)]
    pub starting_after: Option<Uuid>,
}

// For the lists by which people check who has access: one page holds them in most workspaces.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Roll {
    /// How many items to give, 1 to 100; 100 if it is left out.
    #[schemars(transform = absent_not_null, range(min = 1, max = 100))]
    pub limit: Option<i64>,
    /// `next_starting_after` of the page before.
    #[schemars(transform = absent_not_null)]
    pub starting_after: Option<Uuid>,
}

impl From<Roll> for Paging {
    fn from(roll: Roll) -> Paging {
        Paging { limit: roll.limit.or(Some(MOST)), starting_after: roll.starting_after }
    }
}

impl Paging {
    pub fn before(&self) -> Uuid {
        self.starting_after.unwrap_or(Uuid::max())
    }

    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(SIZE)
    }
}

/// The position of a list that the wire orders by time: `<time>`, or `<time>&<id>`, for several may be of one
/// moment. Without a cursor, before everything.
pub fn after_time(cursor: Option<&str>) -> Result<(Time, Uuid)> {
    // Far enough for anybody, and within what both engines can hold.
    let Some(cursor) = cursor else { return Ok((Time(253_402_300_799_000), Uuid::max())) };
    let wrong = || {
        Error::invalid("querystring/starting_after must be the `next_starting_after` of a page, or a time")
    };
    let (at, id) = cursor.split_once('&').unwrap_or((cursor, ""));
    let id = if id.is_empty() { Uuid::nil() } else { id.parse().map_err(|_| wrong())? };
    Ok((Time::parse(at).ok_or_else(wrong)?, id))
}

/// Which way a list goes, where it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Order {
    Asc,
    Desc,
}

/// The position of most lists is an id; `C` is what it is where the wire has another.
#[derive(Serialize, JsonSchema)]
pub struct Page<T, C = Uuid> {
    pub items: Vec<T>,
    /// Left out when there is nothing further.
    #[schemars(transform = absent_not_null)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_starting_after: Option<C>,
}

impl<T, C> Page<T, C> {
    /// A page of `limit` items ends with a cursor, which may turn out to lead to nothing further.
    pub fn new(items: Vec<T>, limit: i64, position: impl Fn(&T) -> C) -> Self {
        let full = items.len() as i64 == limit;
        let next_starting_after = items.last().filter(|_| full).map(position);
        Self { items, next_starting_after }
    }
}
