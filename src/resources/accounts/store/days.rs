//! The SQL of what accounts sent, by day.

use super::super::SHAPE;
use super::super::analytics::{Day, WarmupDay};
use super::super::statuses::Status;
use crate::access::{Can, accounts::Read};
use crate::error::Result;

/// `first` and `last` are included.
pub struct Days<'a> {
    pub first: String,
    pub last: String,
    pub emails: Option<&'a [String]>,
    pub most: i64,
}

pub async fn days(can: &Can<Read>, wanted: &Days<'_>) -> Result<Vec<Day>> {
    can.sql(
        "select {columns} from accounts a join account_days d \
         on d.workspace_id = a.workspace_id and d.account_id = a.id \
         where d.day >= $1 and d.day <= $2 and {visible} {filters} order by d.day, a.email limit $3",
    )
    .bind(&wanted.first)
    .bind(&wanted.last)
    .bind(wanted.most)
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", |out| {
        out.given_list(wanted.emails, " and a.email in (", ")");
    })
    .all(can.reader())
    .await
}

pub async fn warmup_days(can: &Can<Read>, emails: &[String]) -> Result<Vec<WarmupDay>> {
    can.sql(
        "select {columns} from accounts a left join warmup_days d \
         on d.workspace_id = a.workspace_id and d.account_id = a.id \
         where a.email in ({emails}) and {visible} order by a.email, d.day",
    )
    .fill_list("{emails}", emails)
    .fill("{visible}", can.visible(&SHAPE))
    .all(can.reader())
    .await
}

pub async fn statuses(can: &Can<Read>, limit: i64, skip: i64) -> Result<Vec<Status>> {
    can.sql(
        "select {columns} from accounts a left join account_days d \
         on d.workspace_id = a.workspace_id and d.account_id = a.id and d.day = $1 \
         where {visible} order by a.email limit $2 offset $3",
    )
    .bind(can.now().day())
    .bind(limit)
    .bind(skip)
    .fill("{visible}", can.visible(&SHAPE))
    .all(can.reader())
    .await
}
