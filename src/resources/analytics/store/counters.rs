//! The SQL of counters: what was sent on whole days.

use super::super::Wanted;
use super::super::figures::Sums;
use crate::access::{Can, campaigns::Read};
use crate::error::Result;
use crate::resources::campaigns::SHAPE;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Days from `first` to `last`, as text.
type Days<'a> = (&'a str, &'a str);
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

pub async fn by_campaign(
    can: &Can<Read>,
    wanted: &Wanted,
    (first, last): Days<'_>,
) -> Result<BTreeMap<Uuid, Sums>> {
    let mails = can
        .sql(
            "select c.id, cast(sum(d.sent) as bigint), cast(sum(d.unconfirmed) as bigint) from campaigns c \
             join step_days d on d.workspace_id = c.workspace_id and d.campaign_id = c.id \
             where d.day >= $1 and d.day <= $2 and {visible} {filters} group by c.id",
        )
        .bind(first)
        .bind(last)
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", wanted.filters())
        .all(can.reader());
    // Of a lead with several days in the range, only the first has a day before that is older than the range.
    let leads = can
        .sql(
            "select c.id, cast(sum(k.leads) as bigint), \
             cast(sum(case when k.previous_day = '' then k.leads else 0 end) as bigint) from campaigns c \
             join contact_days k on k.workspace_id = c.workspace_id and k.campaign_id = c.id \
             where k.day >= $1 and k.day <= $2 and k.previous_day < $1 and {visible} {filters} group by c.id",
        )
        .bind(first)
        .bind(last)
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", wanted.filters())
        .all(can.reader());
    Ok(merged(mails.await?, leads.await?))
}

pub async fn by_day(
    can: &Can<Read>,
    wanted: &Wanted,
    (first, last): Days<'_>,
) -> Result<BTreeMap<String, Sums>> {
    let mails = can
        .sql(
            "select d.day, cast(sum(d.sent) as bigint), cast(sum(d.unconfirmed) as bigint) from campaigns c \
             join step_days d on d.workspace_id = c.workspace_id and d.campaign_id = c.id \
             where d.day >= $1 and d.day <= $2 and {visible} {filters} group by d.day",
        )
        .bind(first)
        .bind(last)
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", wanted.filters())
        .all(can.reader());
    let leads = can
        .sql(
            "select k.day, cast(sum(k.leads) as bigint), \
             cast(sum(case when k.previous_day = '' then k.leads else 0 end) as bigint) from campaigns c \
             join contact_days k on k.workspace_id = c.workspace_id and k.campaign_id = c.id \
             where k.day >= $1 and k.day <= $2 and {visible} {filters} group by k.day",
        )
        .bind(first)
        .bind(last)
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", wanted.filters())
        .all(can.reader());
    Ok(merged(mails.await?, leads.await?))
}

/// By step and variant, both from 0.
pub async fn by_step(
    can: &Can<Read>,
    wanted: &Wanted,
    (first, last): Days<'_>,
) -> Result<BTreeMap<Pair, Sums>> {
    let mails = can
        .sql(
            "select d.step, d.variant, cast(sum(d.sent) as bigint), cast(sum(d.unconfirmed) as bigint) \
             from campaigns c join step_days d on d.workspace_id = c.workspace_id and d.campaign_id = c.id \
             where d.day >= $1 and d.day <= $2 and {visible} {filters} group by d.step, d.variant",
        )
        .bind(first)
        .bind(last)
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", wanted.filters())
        .all::<((i64, i64), Pair)>(can.reader());
    Ok(merged(mails.await?, vec![]))
}
