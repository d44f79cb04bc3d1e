//! Reads a page of the campaigns that send from an account.

use super::{AccountCampaignMapping, store};
use crate::access::{Can, account_campaign_mappings::Read};
use crate::error::Result;
use crate::http::{Page, after_time, optional_not_null, position_in_time};
use crate::resources::accounts::{Account, address};
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Filter {
    /// How many items to return, at most 100. The default is 10.
    limit: Option<f64>,
    /// `next_starting_after` of the page before: a time, or a time and an id separated by `&`.
    #[schemars(length(max = 100))]
    starting_after: Option<String>,
}

pub async fn list(
    can: Can<Read>,
    email: &str,
    filter: Filter,
) -> Result<Page<AccountCampaignMapping, String>> {
    let account: Account = can.find(can.reader(), address(email)).await?;
    let limit = filter.limit.map_or(10, |limit| (limit as i64).clamp(1, 100));
    let before = after_time(filter.starting_after.as_deref())?;
    let items = store::list(&can, account.id, before, limit).await?;
    let position = |last: &AccountCampaignMapping| position_in_time(last.timestamp_created, last.campaign_id);
    Ok(Page::new(items, limit, position))
}
