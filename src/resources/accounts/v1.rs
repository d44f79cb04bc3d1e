//! The older calls: `account/assign` and `account/status`, under the same decision as the newer ones.

use super::{SHAPE, assignment};
use crate::access::{Can, accounts::*};
use crate::db::{record, sql};
use crate::error::Result;
use crate::http::{Json, Query, absent_not_null};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Accounts of one answer.
const MOST: i64 = 1000;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, extend("required" = ["account_email", "assigned_to"]))]
pub struct Assignment {
    #[schemars(length(max = 254))]
    account_email: String,
    /// The address of a member; null takes the account back.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schemars(length(max = 254))]
    assigned_to: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Assigned {
    account_email: String,
    assigned_to: Option<String>,
    /// The member's id.
    member_id: Option<Uuid>,
}

pub async fn assign(can: Can<Assign>, Json(wanted): Json<Assignment>) -> Result<Json<Assigned>> {
    let to = wanted.assigned_to.as_deref().map(crate::http::address);
    let account = assignment::assign(can, wanted.account_email, to.clone()).await?;
    Ok(Json(Assigned { account_email: account.email, assigned_to: to, member_id: account.assigned_to }))
}

#[derive(Deserialize, JsonSchema)]
pub struct Slice {
    /// How many accounts to give, 1000 at most.
    #[schemars(transform = absent_not_null, range(min = 1, max = 1000))]
    limit: Option<i64>,
    #[schemars(transform = absent_not_null, range(min = 0, max = 1_000_000))]
    skip: Option<i64>,
}

#[derive(Serialize, JsonSchema)]
pub struct Statuses {
    accounts: Vec<Status>,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Status {
    email: String,
    /// Campaign mails a day; null where no limit is set.
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

pub async fn status(can: Can<Read>, Query(slice): Query<Slice>) -> Result<Json<Statuses>> {
    let accounts = sql("select {columns} from accounts a left join account_days d \
         on d.workspace_id = a.workspace_id and d.account_id = a.id and d.day = $1 \
         where {visible} order by a.email limit $2 offset $3")
    .bind(can.now().day())
    .bind(slice.limit.unwrap_or(MOST))
    .bind(slice.skip.unwrap_or(0))
    .fill("{visible}", can.visible(&SHAPE))
    .all(can.reader());
    Ok(Json(Statuses { accounts: accounts.await? }))
}
