//! The SQL that finds what waits for an account.

use crate::access::{Caller, across};
use crate::app::App;
use crate::db::{Source, Tx, record};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

use super::super::Place;

/// Campaigns that one account looks through.
const LANES: i64 = 200;

/// The active campaigns that send from an account and were launched.
pub async fn lanes(can: &Caller, account: Uuid) -> Result<Vec<Uuid>> {
    can.sql(
        "select c.id from campaigns c join campaign_runs r on r.workspace_id = c.workspace_id \
         and r.campaign_id = c.id where c.workspace_id = {here} and c.status = 1 and (c.id in \
         (select s.campaign_id from campaign_senders s where s.workspace_id = {here} and s.account_id = $1) \
         or c.id in (select t.campaign_id from custom_tag_mappings g join run_tags t \
         on t.workspace_id = g.workspace_id and t.tag_id = g.tag_id \
         where g.workspace_id = {here} and g.resource_id = $1)) order by c.id limit $2",
    )
    .bind(account)
    .bind(LANES)
    .all(can.reader())
    .await
}

/// A lead that waits for a step, and the time at which the step is due.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    pub lead: Uuid,
    pub step: i64,
    pub due_at: Time,
}
record! { Waiting { lead = "j.lead_id", step = "j.step", due_at = "j.due_at" } }

/// The step of a campaign's journeys that is due first: a first step that was deferred, or a later one.
pub async fn next_due(
    can: &Caller,
    (campaign, account): (Uuid, Uuid),
    first_step: bool,
) -> Result<Option<Waiting>> {
    can.sql(
        "select {columns} from journeys j where j.workspace_id = {here} and j.account_id = $2 \
         and j.due_at is not null and j.campaign_id = $1 and not j.ended and (j.step = 0) = $3 \
         order by j.due_at limit 1",
    )
    .bind(campaign)
    .bind(account)
    .bind(first_step)
    .optional(can.reader())
    .await
}

/// The first new lead of a campaign that can be contacted now.
pub async fn new_lead(can: &Caller, campaign: Uuid) -> Result<Option<Uuid>> {
    can.sql(
        "select l.id from leads l where l.workspace_id = {here} and l.campaign_id = $1 and l.status = 1 \
         and (l.contacted_in is null or l.contacted_in <> l.campaign_id) and coalesce(l.not_before <= $2, true) \
         and coalesce(l.lt_interest_status, 0) >= 0 and l.email is not null \
         and not exists (select 1 from journeys j where j.workspace_id = l.workspace_id and j.lead_id = l.id \
         and j.campaign_id = l.campaign_id) order by l.id limit 1",
    )
    .bind(campaign)
    .bind(can.now())
    .optional(can.reader())
    .await
}

/// How many new leads of a campaign wait, and the earliest time at which one that is held can be contacted.
pub async fn new_leads(can: &Caller, from: Source<'_>, campaign: Uuid) -> Result<(i64, Option<Time>)> {
    let found = can
        .sql(
            "select count(*), min(case when l.not_before > $2 then l.not_before end) from leads l \
             where l.workspace_id = {here} and l.campaign_id = $1 and l.status = 1 \
             and (l.contacted_in is null or l.contacted_in <> l.campaign_id) \
             and coalesce(l.lt_interest_status, 0) >= 0 and l.email is not null \
             and not exists (select 1 from journeys j where j.workspace_id = l.workspace_id and j.lead_id = l.id \
             and j.campaign_id = l.campaign_id)",
        )
        .bind(campaign)
        .bind(can.now())
        .optional::<(i64, Option<Time>)>(from);
    Ok(found.await?.unwrap_or_default())
}

/// Whether a journey of a campaign has not ended. One whose account was removed cannot go on.
pub async fn is_under_way(can: &Caller, from: Source<'_>, campaign: Uuid) -> Result<bool> {
    let found = can
        .sql("select j.lead_id from journeys j where j.workspace_id = {here} and j.campaign_id = $1 and not j.ended \
             and exists (select 1 from accounts a where a.workspace_id = j.workspace_id and a.id = j.account_id) limit 1")
        .bind(campaign)
        .optional::<Uuid>(from);
    Ok(found.await?.is_some())
}

/// A lead waits until a time. A journey whose step is on its way keeps its time.
pub async fn put_off(can: &Caller, tx: &mut Tx, place: Place, until: Time) -> Result<()> {
    can.sql("update leads set not_before = $2 where workspace_id = {here} and id = $1")
        .bind(place.lead)
        .bind(until)
        .run(&mut *tx)
        .await?;
    can.sql(
        "update journeys set due_at = $4 where workspace_id = {here} and lead_id = $1 and campaign_id = $2 \
         and step = $3 and due_at is not null",
    )
    .bind(place.lead)
    .bind(place.campaign)
    .bind(place.step)
    .bind(until)
    .run(tx)
    .await
    .map(drop)
}

/// A lead gets nothing more from its campaign.
pub async fn end(can: &Caller, tx: &mut Tx, place: Place, status: i64) -> Result<()> {
    set_lead_status(can, tx, place, status).await?;
    can.sql(
        "update journeys set due_at = null, ended = true where workspace_id = {here} and lead_id = $1 \
         and campaign_id = $2 and step = $3",
    )
    .bind(place.lead)
    .bind(place.campaign)
    .bind(place.step)
    .run(tx)
    .await
    .map(drop)
}

/// Only an active lead of the campaign gets another status.
pub async fn set_lead_status(can: &Caller, tx: &mut Tx, place: Place, status: i64) -> Result<u64> {
    can.sql(
        "update leads set status = $3, timestamp_updated = $4 where workspace_id = {here} and id = $1 \
         and campaign_id = $2 and status = 1",
    )
    .bind(place.lead)
    .bind(place.campaign)
    .bind(status)
    .bind(can.now())
    .run(tx)
    .await
}

/// Every lead with this address gets a status that ends its campaign.
pub async fn mark_address(can: &Caller, tx: &mut Tx, email: &str, status: i64) -> Result<u64> {
    can.sql(
        "update leads set status = $2, timestamp_updated = $3 where workspace_id = {here} and email = $1 \
         and status in (1, 2, 3)",
    )
    .bind(email)
    .bind(status)
    .bind(can.now())
    .run(tx)
    .await
}

/// The workspace of a send and its recipient's lead, for a link that names the send.
pub async fn of_send(app: &App, send: Uuid) -> Result<Option<(Uuid, Uuid)>> {
    across("the signed token of the link names the send")
        .unfenced_sql("select s.workspace_id, s.lead_id from sends s where s.id = $1")
        .bind(send)
        .optional(&app.reader)
        .await
}

/// The accounts of a campaign, at most 200.
pub async fn senders(can: &Caller, campaign: Uuid) -> Result<Vec<Uuid>> {
    can.sql(
        "select a.id from accounts a where a.workspace_id = {here} and (a.id in (select s.account_id \
         from campaign_senders s where s.workspace_id = {here} and s.campaign_id = $1) or a.id in \
         (select g.resource_id from custom_tag_mappings g join run_tags t on t.workspace_id = g.workspace_id \
         and t.tag_id = g.tag_id where g.workspace_id = {here} and t.campaign_id = $1)) order by a.id limit $2",
    )
    .bind(campaign)
    .bind(LANES)
    .all(can.reader())
    .await
}

/// How many journeys of a campaign wait for a later step, when the first is due, and how many are due by a time.
pub async fn follow_ups(can: &Caller, campaign: Uuid, by: Time) -> Result<(i64, Option<Time>, i64)> {
    let found = can
        .sql(
            "select count(*), min(j.due_at), count(*) filter (where j.due_at <= $2) from journeys j \
             where j.workspace_id = {here} and j.campaign_id = $1 and j.due_at is not null and not j.ended \
             and j.step > 0",
        )
        .bind(campaign)
        .bind(by)
        .optional::<(i64, (Option<Time>, i64))>(can.reader());
    let (count, (first, due)) = found.await?.unwrap_or_default();
    Ok((count, first, due))
}
