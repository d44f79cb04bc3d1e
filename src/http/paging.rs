//! Lists: keyset pages, newest first. Ids are UUID v7, so the order of ids is the order of creation.

use super::{Json, absent_not_null, optional_not_null};
use crate::error::{Error, Result};
use crate::time::Time;
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;
use uuid::Uuid;

/// The default size of a page.
const SIZE: i64 = 10;
const MOST: i64 = 100;

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Paging {
    /// How many items a page has, 1 to 100. The default is 10.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<i64>,
    /// `next_starting_after` of the page before.
    pub starting_after: Option<Uuid>,
}

// The query of lists that people read to review access. In most workspaces such a list fits on one page.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Roll {
    /// How many items a page has, 1 to 100. The default is 100.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<i64>,
    /// `next_starting_after` of the page before.
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

/// The position of a list that the wire orders by time: `<time>`, or `<time>&<id>` because several items can
/// have the same time. Without a cursor, the list begins at the newest item.
pub fn after_time(cursor: Option<&str>) -> Result<(Time, Uuid)> {
    // The year 9999: later than any item, and within the range of both engines.
    let Some(cursor) = cursor else { return Ok((Time(253_402_300_799_000), Uuid::max())) };
    let wrong = || {
        Error::invalid("querystring/starting_after must be the `next_starting_after` of a page, or a time")
    };
    let (at, id) = cursor.split_once('&').unwrap_or((cursor, ""));
    let id = if id.is_empty() { Uuid::nil() } else { id.parse().map_err(|_| wrong())? };
    Ok((Time::parse(at).ok_or_else(wrong)?, id))
}

/// What `after_time` reads, for the last item of a page.
pub fn position_in_time(time: Time, id: Uuid) -> String {
    format!("{time}&{id}")
}

/// Which way a list goes, where it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Order {
    Asc,
    Desc,
}

/// Bytes of the longest answer. The share of a workspace in the room for answers is larger than this.
pub const LONGEST: usize = 16 * 1024 * 1024;

pub(super) const TOO_LONG: &str =
    "the answer is larger than 16 MB; ask for less, with a smaller limit or a narrower filter";

/// On a page that ends early because its items are long. It tells clients that stop at a short page that
/// there is more.
const CUT: (&str, &str) = ("x-gatepost-cut", "bytes");

/// Most pages are not longer than this.
const USUAL: usize = 2048;

// A page serializes its items when it is made. So every page of long items ends early, and no list can forget
// it.
/// The position of most lists is an id; `C` is what it is where the wire has another.
#[derive(JsonSchema)]
#[schemars(rename = "{T}Page")]
pub struct Page<T, C = Uuid> {
    #[schemars(with = "Vec<T>")]
    items: PhantomData<fn() -> T>,
    /// Left out when there is nothing further.
    #[schemars(transform = absent_not_null)]
    #[serde(skip_serializing_if = "Option::is_none")]
    next_starting_after: Option<C>,
    #[schemars(skip)]
    text: Result<Vec<u8>>,
    #[schemars(skip)]
    cut: bool,
}

impl<T: Serialize, C> Page<T, C> {
    /// A page of `limit` items has a cursor, even if the next page turns out to be empty.
    pub fn new(items: Vec<T>, limit: i64, position: impl Fn(&T) -> C) -> Self {
        Self::up_to(LONGEST, items, limit, position)
    }

    /// Like `new`, with a different limit in bytes. The first item is always on the page.
    pub fn up_to(most: usize, items: Vec<T>, limit: i64, position: impl Fn(&T) -> C) -> Self {
        let mut text = Vec::with_capacity(USUAL);
        text.extend_from_slice(br#"{"items":["#);
        let (mut last, mut cut) = (None, false);
        for item in &items {
            let before = text.len();
            if last.is_some() {
                text.push(b',');
            }
            if let Err(error) = serde_json::to_writer(&mut text, item) {
                return Self::of(Err(Error::internal(error)), None, false);
            }
            // Perhaps only the first item was read (`Sql::up_to`), so more can follow it.
            cut = text.len() > most;
            if cut && last.is_some() {
                text.truncate(before);
                break;
            }
            last = Some(item);
            if cut {
                break;
            }
        }
        let full = items.len() as i64 == limit;
        Self::of(Ok(text), last.filter(|_| full || cut).map(position), cut)
    }
}

impl<T, C> Page<T, C> {
    fn of(text: Result<Vec<u8>>, next_starting_after: Option<C>, cut: bool) -> Self {
        Page { items: PhantomData, next_starting_after, text, cut }
    }

    /// For an order that has no positions.
    pub fn without_cursor(self) -> Self {
        let text = if self.cut { Err(Error::TooMuch(TOO_LONG.to_owned())) } else { self.text };
        Self::of(text, None, false)
    }
}

impl<T, C: Serialize> IntoResponse for Json<Page<T, C>> {
    fn into_response(self) -> Response {
        let Page { next_starting_after, text, cut, .. } = self.0;
        let whole = text.and_then(|mut text| {
            text.push(b']');
            if let Some(next) = next_starting_after {
                text.extend_from_slice(br#","next_starting_after":"#);
                serde_json::to_writer(&mut text, &next).map_err(Error::internal)?;
            }
            text.push(b'}');
            Ok(text)
        });
        let mut response = match whole {
            Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
            Err(error) => return error.into_response(),
        };
        if cut {
            let (name, value) = (HeaderName::from_static(CUT.0), HeaderValue::from_static(CUT.1));
            response.headers_mut().insert(name, value);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::HttpBody;
    use axum::http::StatusCode;

    fn page(lengths: &[usize], limit: i64) -> Page<String, usize> {
        let items = lengths.iter().map(|length| "x".repeat(*length)).collect();
        Page::up_to(1000, items, limit, |item: &String| item.len())
    }

    fn shown(page: Page<String, usize>) -> (String, Option<usize>, bool) {
        (String::from_utf8(page.text.unwrap()).unwrap(), page.next_starting_after, page.cut)
    }

    #[test]
    fn a_page_ends_before_the_item_that_is_too_much() {
        let (text, next, cut) = shown(page(&[300, 301, 302, 303], 10));
        assert_eq!((next, cut), (Some(302), true));
        assert!(text.ends_with('"') && text.len() < 1000);
        assert_eq!(shown(page(&[3, 4], 10)), (r#"{"items":["xxx","xxxx""#.to_owned(), None, false));
        assert_eq!(shown(page(&[3, 4], 2)), (r#"{"items":["xxx","xxxx""#.to_owned(), Some(4), false));
        assert_eq!(shown(page(&[], 2)), (r#"{"items":["#.to_owned(), None, false));
    }

    #[test]
    fn one_item_is_given_however_long_it_is() {
        for lengths in [&[2000][..], &[2000, 1], &[2000, 2000]] {
            let (text, next, cut) = shown(page(lengths, 5));
            assert_eq!((text.len(), next, cut), (2012, Some(2000), true));
        }
    }

    #[test]
    fn what_is_cut_says_so_or_is_refused() {
        let long = [400; 5];
        let response = Json(page(&long, 10)).into_response();
        assert_eq!(response.headers()[CUT.0], CUT.1);
        assert!(response.body().size_hint().exact().unwrap() < 1100);
        assert!(!Json(page(&[1], 10)).into_response().headers().contains_key(CUT.0));
        let refused = Json(page(&long, 10).without_cursor()).into_response();
        assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
    }
}
