//! The SQL of counters: what was sent on whole days.

use super::super::Wanted;
use super::super::figures::Sums;
use crate::access::{Can, campaigns::Read};
use crate::db::Record;
use crate::error::Result;
use crate::resources::campaigns::SHAPE;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Days from `first` to `last`, as text.
pub type Days<'a> = (&'a str, &'a str);
type Pair = (i64, i64);

fn merged<K: Ord + Clone>(mails: Vec<(K, Pair)>, leads: Vec<(K, Pair)>) -> BTreeMap<K, Sums> {
    let mut sums = BTreeMap::<K, Sums>::new();
    for (key, (sent, unconfirmed)) in mails {
        sums.entry(key).or_default().add(Sums { sent, unconfirmed, ..Sums::default() });
    }
    for (key, (contacted, new)) in leads {
        sums.entry(key).or_default().add(Sums { contacted, new, ..Sums::default() });
    }
    sums
}

/// Sums of mails by the columns of a key.
async fn mails<K>(
    can: &Can<Read>,
    wanted: &Wanted,
    days: Days<'_>,
    key: &'static str,
) -> Result<Vec<(K, Pair)>>
where
    (K, Pair): Record,
{
    can.sql(
        "select {key}, cast(sum(d.sent) as bigint), cast(sum(d.unconfirmed) as bigint) from campaigns c \
         join step_days d on d.workspace_id = c.workspace_id and d.campaign_id = c.id \
         where d.day >= $1 and d.day <= $2 and {visible} {filters} group by {key}",
    )
    .bind(days.0)
    .bind(days.1)
    .fill_text("{key}", key)
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", wanted.filters())
    .all(can.reader())
    .await
}

/// Sums of leads by a column. `once` is the condition under which each lead counts once.
async fn leads<K>(
    can: &Can<Read>,
    wanted: &Wanted,
    days: Days<'_>,
    (key, once): (&'static str, &'static str),
) -> Result<Vec<(K, Pair)>>
where
    (K, Pair): Record,
{
    can.sql(
        "select {key}, cast(sum(k.leads) as bigint), \
         cast(sum(case when k.previous_day = '' then k.leads else 0 end) as bigint) from campaigns c \
         join contact_days k on k.workspace_id = c.workspace_id and k.campaign_id = c.id \
         where k.day >= $1 and k.day <= $2 {once} and {visible} {filters} group by {key}",
    )
    .bind(days.0)
    .bind(days.1)
    .fill_text("{key}", key)
    .fill_text("{once}", once)
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", wanted.filters())
    .all(can.reader())
    .await
}

pub async fn by_campaign(can: &Can<Read>, wanted: &Wanted, days: Days<'_>) -> Result<BTreeMap<Uuid, Sums>> {
    // Of a lead with several days in the range, only the first has a day before that is older than the range.
    let leads = leads(can, wanted, days, ("c.id", "and k.previous_day < $1")).await?;
    Ok(merged(mails(can, wanted, days, "c.id").await?, leads))
}

pub async fn by_day(can: &Can<Read>, wanted: &Wanted, days: Days<'_>) -> Result<BTreeMap<String, Sums>> {
    let leads = leads(can, wanted, days, ("k.day", "")).await?;
    Ok(merged(mails(can, wanted, days, "d.day").await?, leads))
}

/// By step and variant, both from 0.
pub async fn by_step(can: &Can<Read>, wanted: &Wanted, days: Days<'_>) -> Result<BTreeMap<Pair, Sums>> {
    Ok(merged(mails(can, wanted, days, "d.step, d.variant").await?, vec![]))
}
