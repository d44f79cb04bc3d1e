//! Reads sending accounts: a page, and one.

use super::filter::{StatusFilter, Wanted};
use super::store::{self, Place};
use super::{Account, address};
use crate::access::{Can, accounts::Read};
use crate::error::{Error, Result};
use crate::http::{Order, Page, ids, optional_not_null};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Deserialize, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum SortBy {
    TimestampCreated,
    Email,
    StatWarmupScore,
    Status,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Filter {
    /// How many items to return, 1 to 100. The default is 10.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<i64>,
    /// `next_starting_after` of the page before: a time, or a time and an address separated by `&`.
    #[schemars(length(max = 400))]
    starting_after: Option<String>,
    /// In the address or the name.
    #[schemars(length(max = 200))]
    search: Option<String>,
    #[schemars(with = "f64", extend("enum" = [1, 2, 3, -1, -2, -3]))]
    #[serde(default)]
    status: Option<i64>,
    #[schemars(with = "f64", extend("enum" = [1, 2, 3, 4, 8, 11]))]
    #[serde(default)]
    provider_code: Option<i64>,
    /// With any of these tags: UUIDs separated by commas.
    tag_ids: Option<String>,
    /// With each of these tags.
    tag_ids_all: Option<String>,
    /// Also returns the tags of each account.
    include_tags: Option<bool>,
    #[schemars(with = "StatusFilter")]
    #[serde(default)]
    filter: Option<StatusFilter>,
    /// The default is the time of creation. With any other order, use `skip` to go from page to page.
    #[schemars(with = "SortBy")]
    #[serde(default)]
    sort_by: Option<SortBy>,
    /// The default is `desc`.
    #[schemars(with = "Order")]
    #[serde(default)]
    sort_order: Option<Order>,
    #[schemars(range(min = 0, max = 1_000_000))]
    skip: Option<i64>,
}

impl Filter {
    fn wanted(&self) -> Result<Wanted> {
        Ok(Wanted {
            search: self.search.clone(),
            status: self.status,
            provider: self.provider_code,
            filter: self.filter,
            tags: ids("tag_ids", self.tag_ids.as_deref())?,
            tags_all: ids("tag_ids_all", self.tag_ids_all.as_deref())?,
            ..Wanted::default()
        })
    }

    fn place(&self) -> Result<Place> {
        let by = self.sort_by.unwrap_or(SortBy::TimestampCreated);
        let descending = self.sort_order != Some(Order::Asc);
        let order = match (by, descending) {
            (SortBy::TimestampCreated, true) => "a.timestamp_created desc, a.email desc",
            (SortBy::TimestampCreated, false) => "a.timestamp_created, a.email",
            (SortBy::Email, true) => "a.email desc",
            (SortBy::Email, false) => "a.email",
            (SortBy::StatWarmupScore, true) => "coalesce(a.stat_warmup_score, -1) desc, a.email",
            (SortBy::StatWarmupScore, false) => "coalesce(a.stat_warmup_score, -1), a.email",
            (SortBy::Status, true) => "a.status desc, a.email",
            (SortBy::Status, false) => "a.status, a.email",
        };
        let after = match (&self.starting_after, by) {
            (None, _) => None,
            (Some(cursor), SortBy::TimestampCreated) => Some(position(cursor)?),
            (Some(_), SortBy::Email | SortBy::StatWarmupScore | SortBy::Status) => {
                return Err(Error::invalid(
                    "querystring/starting_after goes with the order of creation; use skip with sort_by",
                ));
            }
        };
        let limit = self.limit();
        Ok(Place { order, after, descending, skip: self.skip.unwrap_or(0), limit })
    }

    fn limit(&self) -> i64 {
        self.limit.unwrap_or(10)
    }

    /// Only the order of creation has cursors; the others have `skip`.
    fn page(&self, items: Vec<Listed>) -> Page<Listed, String> {
        let by_creation = self.sort_by.is_none_or(|by| by == SortBy::TimestampCreated);
        let position = |last: &Listed| format!("{}&{}", last.account.timestamp_created, last.account.email);
        let page = Page::new(items, self.limit(), position);
        if by_creation { page } else { page.without_cursor() }
    }
}

/// A time without an address comes before every account of that time.
fn position(cursor: &str) -> Result<(Time, String)> {
    let (at, email) = cursor.split_once('&').unwrap_or((cursor, ""));
    let wrong = || Error::invalid("querystring/starting_after must be a time, or `<time>&<address>`");
    Ok((Time::parse(at).ok_or_else(wrong)?, address(email)))
}

#[derive(Serialize, JsonSchema)]
pub struct Listed {
    #[serde(flatten)]
    account: Account,
    /// Only with `include_tags`.
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<TagOn>>,
}

#[derive(Clone, Serialize, JsonSchema)]
#[schemars(inline)]
struct TagOn {
    #[schemars(default)]
    id: String,
    #[schemars(default)]
    label: String,
    description: Option<String>,
}

pub async fn list(can: Can<Read>, filter: Filter) -> Result<Page<Listed, String>> {
    let accounts = store::list(&can, &filter.wanted()?, &filter.place()?).await?;
    let tagged = match filter.include_tags == Some(true) && !accounts.is_empty() {
        true => store::tags(&can, &accounts.iter().map(|account| account.id).collect::<Vec<_>>()).await?,
        false => vec![],
    };
    let tags = |account: &Account| {
        let own = tagged.iter().filter(|tag| tag.account == account.id);
        let tag = |tag: &store::TagOn| TagOn {
            id: tag.id.to_string(),
            label: tag.label.clone(),
            description: tag.description.clone(),
        };
        filter.include_tags.filter(|wanted| *wanted).map(|_| own.map(tag).collect())
    };
    let items = accounts.into_iter().map(|account| Listed { tags: tags(&account), account }).collect();
    Ok(filter.page(items))
}

pub async fn show(can: Can<Read>, email: &str) -> Result<Account> {
    can.find(can.reader(), address(email)).await
}
