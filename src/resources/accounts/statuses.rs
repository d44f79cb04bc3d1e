//! The older list of sending accounts, `GET /api/v1/account/status`: what each sent today, and its warm-up.

use super::store;
use crate::access::{Can, accounts::Read};
use crate::db::record;
use crate::error::Result;
use crate::http::optional_not_null;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Accounts in one answer.
const MOST: i64 = 1000;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Slice {
    /// How many accounts to return, at most 1000.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<i64>,
    #[schemars(range(min = 0, max = 1_000_000))]
    skip: Option<i64>,
}

#[derive(Serialize, JsonSchema)]
pub struct Statuses {
    accounts: Vec<Status>,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Status {
    email: String,
    /// Campaign mails a day; null if nobody has set it, which counts as 30.
    daily_limit: Option<f64>,
    /// Today, in UTC.
    sent_today: i64,
    warmup_status: i64,
    /// Percent; null before there is a reputation.
    reputation_score: Option<i64>,
}
record! { Status {
    email = "a.email", daily_limit = "cast(a.settings ->> 'daily_limit' as double precision)",
    sent_today = "coalesce(d.sent, 0)", warmup_status = "a.warmup_status",
    reputation_score = "a.stat_warmup_score"
} }

pub async fn statuses(can: Can<Read>, slice: Slice) -> Result<Statuses> {
    let (limit, skip) = (slice.limit.unwrap_or(MOST), slice.skip.unwrap_or(0));
    Ok(Statuses { accounts: store::statuses(&can, limit, skip).await? })
}
