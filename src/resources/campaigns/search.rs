//! Counting and finding campaigns.

use super::{Campaign, DRAFT, store};
use crate::access::{Answer, Can, Seen, campaigns::Read};
use crate::error::Result;
use crate::http::{Json, Nothing, Query, absent_not_null, address};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Serialize, JsonSchema)]
pub struct Count {
    #[schemars(with = "f64")]
    count: i64,
}

/// Of those that the caller sees, all that are more than a draft.
pub async fn count_launched(can: Can<Read>, _: Nothing) -> Result<Json<Count>> {
    Ok(Json(Count { count: store::count_but(&can, DRAFT).await? }))
}

#[derive(Deserialize, JsonSchema)]
pub struct Wanted {
    /// The address of a lead.
    #[schemars(transform = absent_not_null, length(max = 254))]
    search: Option<String>,
    /// `timestamp_created` or `name`.
    #[schemars(transform = absent_not_null, length(max = 40))]
    sort_column: Option<String>,
    /// `asc` or `desc`.
    #[schemars(transform = absent_not_null, length(max = 40))]
    sort_order: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Found {
    #[schemars(default)]
    items: Vec<Seen<Campaign>>,
}

/// Campaigns that the caller sees with a lead that the caller sees.
pub async fn by_contact(can: Can<Read>, Query(wanted): Query<Wanted>) -> Result<Json<Found>> {
    let order = match (wanted.sort_column.as_deref(), wanted.sort_order.as_deref()) {
        (Some("name"), Some("desc")) => "c.search desc, c.id desc",
        (Some("name"), _) => "c.search, c.id",
        (_, Some("desc")) => "c.timestamp_created desc, c.id desc",
        (_, _) => "c.timestamp_created, c.id",
    };
    let email = address(&wanted.search.unwrap_or_default());
    let found = store::by_contact(&can, &email, order).await?;
    Ok(Json(Found { items: found.into_iter().map(|campaign| campaign.seen_by(&can)).collect() }))
}
