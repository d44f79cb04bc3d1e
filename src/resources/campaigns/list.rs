//! Reads campaigns: a page, one, how many were launched, and those that have a lead with an address.

use super::store::Wanted;
use super::{Campaign, DRAFT, store};
use crate::access::{Answer, Caller, Can, Near, Seen, campaigns::Read};
use crate::error::{Error, Result};
use crate::http::{Page, Paging, address, ids, optional_not_null};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Filter {
    #[serde(flatten)]
    paging: Paging,
    /// In the name.
    #[schemars(length(max = 200))]
    search: Option<String>,
    /// With any of these tags: UUIDs separated by commas.
    tag_ids: Option<String>,
    ai_sales_agent_id: Option<Uuid>,
    #[schemars(with = "f64", extend("enum" = [-99, -1, -2, 0, 1, 2, 3, 4]))]
    #[serde(default)]
    status: Option<i64>,
    #[schemars(with = "f64", extend("enum" = [-99, -1, -2, 0, 1, 2, 3, 4]))]
    #[serde(default)]
    exclude_status: Option<i64>,
}

pub async fn list(can: Can<Read>, filter: Filter) -> Result<Page<Seen<Campaign>>> {
    let wanted = Wanted {
        tags: ids("tag_ids", filter.tag_ids.as_deref())?,
        search: filter.search,
        status: filter.status,
        exclude_status: filter.exclude_status,
        agent: filter.ai_sales_agent_id,
        ..Wanted::default()
    };
    let campaigns = found(&can, &filter.paging, &wanted).await?;
    Ok(Page::new(campaigns, filter.paging.limit(), |campaign: &Seen<Campaign>| campaign.id))
}

/// The campaigns of a page.
pub async fn found(can: &Can<Read>, paging: &Paging, wanted: &Wanted) -> Result<Vec<Seen<Campaign>>> {
    let campaigns = store::list(can, paging, wanted).await?;
    Ok(campaigns.into_iter().map(|campaign| campaign.seen_by(can)).collect())
}

/// The ids, names and statuses of the newest campaigns.
pub async fn newest(can: &Can<Read>, limit: i64) -> Result<Vec<(Uuid, String, i64)>> {
    let paging = Paging { limit: Some(limit), starting_after: None };
    let found = store::list(can, &paging, &Wanted::default()).await?;
    Ok(found.into_iter().map(|campaign: Campaign| (campaign.id, campaign.name, campaign.status)).collect())
}

/// How near a campaign is to a caller who sees it.
pub async fn nearness(can: &Caller, id: Uuid) -> Result<Near> {
    let found = store::near(can, &[id]).await?.pop();
    found.map(|(_, near)| near).ok_or_else(Error::hidden)
}

pub async fn show(can: Can<Read>, id: Uuid) -> Result<Seen<Campaign>> {
    look(&can, id).await
}

/// The same for a page, which needs its proof again.
pub async fn look(can: &Can<Read>, id: Uuid) -> Result<Seen<Campaign>> {
    Ok(can.find::<Campaign>(can.reader(), id).await?.seen_by(can))
}

#[derive(Serialize, JsonSchema)]
pub struct Count {
    #[schemars(with = "f64")]
    count: i64,
}

/// Counts the campaigns that the caller sees and that are not drafts.
pub async fn count_launched(can: Can<Read>) -> Result<Count> {
    Ok(Count { count: store::count_but(&can, DRAFT).await? })
}

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Contact {
    /// The address of a lead.
    #[schemars(length(max = 254))]
    search: Option<String>,
    /// `timestamp_created` or `name`.
    #[schemars(length(max = 40))]
    sort_column: Option<String>,
    /// `asc` or `desc`.
    #[schemars(length(max = 40))]
    sort_order: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Found {
    #[schemars(default)]
    items: Vec<Seen<Campaign>>,
}

/// Finds the campaigns with a lead that has this address. The caller sees the campaign and the lead.
pub async fn search_by_contact(can: Can<Read>, contact: Contact) -> Result<Found> {
    let order = match (contact.sort_column.as_deref(), contact.sort_order.as_deref()) {
        (Some("name"), Some("desc")) => "c.search desc, c.id desc",
        (Some("name"), _) => "c.search, c.id",
        (_, Some("desc")) => "c.timestamp_created desc, c.id desc",
        (_, _) => "c.timestamp_created, c.id",
    };
    let email = address(&contact.search.unwrap_or_default());
    let found = store::by_contact(&can, &email, order).await?;
    Ok(Found { items: found.into_iter().map(|campaign| campaign.seen_by(&can)).collect() })
}
