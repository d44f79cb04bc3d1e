//! Lists: keyset pages, newest first. Ids are UUID v7, so the order of ids is the order of creation.

use crate::error::{Error, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The default size of a page.
const SIZE: i64 = 10;

#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Paging {
    /// How many items to give, 1 to 100; 10 if it is left out.
    #[schemars(with = "i64", range(min = 1, max = 100))]
    #[serde(default)]
    pub limit: Option<i64>,
    /// `next_starting_after` of the page before. A mere position: it is never looked up.
    #[schemars(with = "String")]
    #[serde(default)]
    pub starting_after: Option<Uuid>,
}

impl Paging {
    pub fn before(&self) -> Uuid {
        self.starting_after.unwrap_or(Uuid::max())
    }

    pub fn limit(&self) -> Result<i64> {
        self.limit_to(100)
    }

    pub fn limit_to(&self, most: i64) -> Result<i64> {
        let limit = self.limit.unwrap_or(SIZE);
        let fits = (1..=most).contains(&limit);
        fits.then_some(limit)
            .ok_or_else(|| Error::invalid(format!("querystring/limit must be 1 to {most}, not {limit}")))
    }
}

#[derive(Serialize, JsonSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Left out when there is nothing further.
    #[schemars(with = "String")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_starting_after: Option<Uuid>,
}

impl<T> Page<T> {
    /// A page of `limit` items ends with a cursor, which may turn out to lead to nothing further.
    pub fn new(items: Vec<T>, limit: i64, id: impl Fn(&T) -> Uuid) -> Self {
        let full = items.len() as i64 == limit;
        let next_starting_after = items.last().filter(|_| full).map(id);
        Self { items, next_starting_after }
    }
}
