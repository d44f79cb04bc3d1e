//! The SQL of campaigns and of what came of their mails.

use super::super::Wanted;
use crate::access::{Can, campaigns::Read};
use crate::db::{Json, record};
use crate::error::{Error, Result};
use crate::resources::campaigns::SHAPE;
use crate::time::Time;
use serde_json::Number;
use uuid::Uuid;

/// The most labels of one answer.
const MOST_LABELS: usize = 50_000;

/// A campaign.
#[derive(Clone, Debug)]
pub struct Head {
    pub id: Uuid,
    pub name: String,
    pub status: i64,
    pub is_evergreen: Option<Json<bool>>,
}
record! { Head {
    id = "c.id", name = "c.name", status = "c.status", is_evergreen = "c.settings -> 'is_evergreen'",
} }

/// The newest first.
pub async fn heads(can: &Can<Read>, wanted: &Wanted, most: i64) -> Result<Vec<Head>> {
    can.sql("select {columns} from campaigns c where {visible} {filters} order by c.id desc limit $1")
        .bind(most)
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", wanted.filters())
        .all(can.reader())
        .await
}

/// How many leads each campaign has now.
pub async fn leads(can: &Can<Read>, wanted: &Wanted) -> Result<Vec<(Uuid, i64)>> {
    can.sql(
        "select c.id, count(*) from campaigns c join leads l on l.workspace_id = c.workspace_id \
         and l.campaign_id = c.id where {visible} {filters} group by c.id",
    )
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", wanted.filters())
    .all(can.reader())
    .await
}

/// How many leads of each campaign bounced or unsubscribed, by the name of the event.
pub async fn endings(can: &Can<Read>, wanted: &Wanted) -> Result<Vec<(Uuid, (String, i64))>> {
    let (from, until) = wanted.range.times();
    can.sql(
        "select c.id, e.kind, count(*) from campaigns c join events e on e.workspace_id = c.workspace_id \
         and e.campaign_id = c.id where e.timestamp_created >= $1 and e.timestamp_created < $2 \
         and e.kind <> 'email_sent' and e.kind in ('email_bounced', 'lead_unsubscribed') and {visible} {filters} \
         group by c.id, e.kind",
    )
    .bind(from)
    .bind(until)
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", wanted.filters())
    .all(can.reader())
    .await
}

/// How many leads have completed each campaign.
pub async fn completed(can: &Can<Read>, wanted: &Wanted) -> Result<Vec<(Uuid, i64)>> {
    let (from, until) = wanted.range.times();
    can.sql(
        "select c.id, count(*) from campaigns c join journeys j on j.workspace_id = c.workspace_id \
         and j.campaign_id = c.id where j.completed_at is not null and j.completed_at >= $1 \
         and j.completed_at < $2 and {visible} {filters} group by c.id",
    )
    .bind(from)
    .bind(until)
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", wanted.filters())
    .all(can.reader())
    .await
}

/// A label that somebody gave to a lead.
#[derive(Clone, Debug)]
pub struct Label {
    pub campaign: Uuid,
    pub lead: Uuid,
    pub kind: String,
    pub interest: Option<i64>,
    pub at: Time,
    /// The value of the lead, as it was typed.
    pub value: Option<String>,
    pub campaign_value: Option<Json<Number>>,
    /// The label that the lead has now.
    pub now: Option<i64>,
    pub step: Option<i64>,
    pub variant: Option<i64>,
}
record! { Label {
    campaign = "c.id", lead = "e.lead_id", kind = "e.kind", interest = "e.interest", at = "e.timestamp_created",
    value = "l.pl_value_lead", campaign_value = "c.settings -> 'pl_value'", now = "l.lt_interest_status",
    step = "(select s.step from sends s where s.workspace_id = e.workspace_id and s.lead_id = e.lead_id \
        and s.campaign_id = e.campaign_id and s.at <= e.timestamp_created and exists (select 1 from results r \
        where r.workspace_id = s.workspace_id and r.send_id = s.id and r.kind = 'accepted') order by s.at desc limit 1)",
    variant = "(select s.variant from sends s where s.workspace_id = e.workspace_id and s.lead_id = e.lead_id \
        and s.campaign_id = e.campaign_id and s.at <= e.timestamp_created and exists (select 1 from results r \
        where r.workspace_id = s.workspace_id and r.send_id = s.id and r.kind = 'accepted') order by s.at desc limit 1)",
} }

/// All labels of the leads that got a positive one in the range, until its end, in the order of time.
pub async fn labels(can: &Can<Read>, wanted: &Wanted) -> Result<Vec<Label>> {
    let (from, until) = wanted.range.times();
    let labels: Vec<Label> = can
        .sql(
            "select {columns} from campaigns c join events e on e.workspace_id = c.workspace_id \
             and e.campaign_id = c.id left join leads l on l.workspace_id = e.workspace_id and l.id = e.lead_id \
             where e.kind <> 'email_sent' and (e.interest is not null or e.kind = 'lead_neutral') \
             and e.timestamp_created < $2 and e.lead_id is not null and exists (select 1 from events p \
             where p.workspace_id = e.workspace_id and p.lead_id = e.lead_id and p.campaign_id = e.campaign_id \
             and p.interest > 0 and p.timestamp_created >= $1 and p.timestamp_created < $2) \
             and {visible} {filters} order by e.timestamp_created, e.id limit $3",
        )
        .bind(from)
        .bind(until)
        .bind(i64::try_from(MOST_LABELS).unwrap_or(i64::MAX).saturating_add(1))
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", wanted.filters())
        .all(can.reader())
        .await?;
    match labels.len() > MOST_LABELS {
        true => {
            Err(Error::TooMuch("querystring/start_date: choose fewer days, or fewer campaigns".to_owned()))
        }
        false => Ok(labels),
    }
}
