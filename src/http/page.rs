//! Lists: keyset pages, newest first. Ids are UUID v7, so the order of ids is the order of creation.

use super::absent_not_null;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The default size of a page.
const SIZE: i64 = 10;

#[derive(Clone, Debug, Deserialize, JsonSchema)]
pub struct Paging {
    /// How many items to give, 1 to 100; 10 if it is left out.
    #[schemars(transform = absent_not_null, range(min = 1, max = 100))]
    pub limit: Option<i64>,
    /// `next_starting_after` of the page before. A mere position: it is never looked up.
    #[schemars(transform = absent_not_null)]
    pub starting_after: Option<Uuid>,
}

impl Paging {
    pub fn before(&self) -> Uuid {
        self.starting_after.unwrap_or(Uuid::max())
    }

    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(SIZE)
    }
}

#[derive(Serialize, JsonSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Left out when there is nothing further.
    #[schemars(transform = absent_not_null)]
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
