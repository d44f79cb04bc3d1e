//! The SQL that finds what waits for an account.

use crate::access::{Caller, across};
use crate::app::App;
use crate::db::{Source, Tx, record};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

use super::super::Place;
use super::super::book::{COMPLETED, SKIPPED};

/// Campaigns that one account looks through.
pub const LANES: i64 = 200;

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

/// The first new lead of a campaign that can be contacted now, except the leads in `but`.
pub async fn new_lead(can: &Caller, campaign: Uuid, but: &[Uuid]) -> Result<Option<Uuid>> {
    let but: Vec<Uuid> = but.iter().copied().chain([Uuid::nil()]).collect();
    can.sql(
        "select l.id from leads l where l.workspace_id = {here} and l.campaign_id = $1 and l.status = 1 \
         and (l.contacted_in is null or l.contacted_in <> l.campaign_id) and coalesce(l.not_before <= $2, true) \
         and coalesce(l.lt_interest_status, 0) >= 0 and l.email is not null and l.id not in ({ids}) \
         and not exists (select 1 from journeys j where j.workspace_id = l.workspace_id and j.lead_id = l.id \
         and j.campaign_id = l.campaign_id) order by l.id limit 1",
    )
    .bind(campaign)
    .bind(can.now())
    .fill_list("{ids}", &but)
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

/// Whether a journey of a campaign has not ended.
pub async fn is_under_way(can: &Caller, from: Source<'_>, campaign: Uuid) -> Result<bool> {
    let found = can
        .sql("select j.lead_id from journeys j where j.workspace_id = {here} and j.campaign_id = $1 and not j.ended limit 1")
        .bind(campaign)
        .optional::<Uuid>(from);
    Ok(found.await?.is_some())
}

/// Leads that one transaction ends.
pub const STRANDED: usize = 500;

/// Leads whose next step no account can send: their account was deleted, or it was taken off the campaign and the step has
/// been due since before a time.
pub async fn stranded(can: &Caller, campaign: Uuid, before: Time) -> Result<Vec<Uuid>> {
    can.sql(
        "select j.lead_id from journeys j where j.workspace_id = {here} and j.campaign_id = $1 and not j.ended \
         and (not exists (select 1 from accounts a where a.workspace_id = j.workspace_id and a.id = j.account_id) \
         or j.due_at <= $2 and not exists (select 1 from campaign_senders s where s.workspace_id = j.workspace_id \
         and s.campaign_id = j.campaign_id and s.account_id = j.account_id) and not exists (select 1 \
         from custom_tag_mappings g join run_tags t on t.workspace_id = g.workspace_id and t.tag_id = g.tag_id \
         where g.workspace_id = j.workspace_id and t.campaign_id = j.campaign_id and g.resource_id = j.account_id)) \
         limit $3",
    )
    .bind(campaign)
    .bind(before)
    .bind(i64::try_from(STRANDED).unwrap_or(i64::MAX))
    .all(can.reader())
    .await
}

/// Ends the journeys of these leads. The leads are skipped.
pub async fn end_stranded(can: &Caller, tx: &mut Tx, campaign: Uuid, leads: &[Uuid]) -> Result<()> {
    can.sql(
        "update journeys set due_at = null, ended = true where workspace_id = {here} and campaign_id = $1 \
         and lead_id in ({ids})",
    )
    .bind(campaign)
    .fill_list("{ids}", leads)
    .run(&mut *tx)
    .await?;
    can.sql(
        "update leads set status = $2, timestamp_updated = $3 where workspace_id = {here} and campaign_id = $1 \
         and status = 1 and id in ({ids})",
    )
    .bind(campaign)
    .bind(SKIPPED)
    .bind(can.now())
    .fill_list("{ids}", leads)
    .run(tx)
    .await
    .map(drop)
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
pub async fn set_lead_status(can: &Caller, tx: &mut Tx, place: Place, status: i64) -> Result<()> {
    let set = can
        .sql(
            "update leads set status = $3, timestamp_updated = $4 where workspace_id = {here} and id = $1 \
             and campaign_id = $2 and status = 1",
        )
        .bind(place.lead)
        .bind(place.campaign)
        .bind(status)
        .bind(can.now())
        .run(&mut *tx);
    if set.await? == 0 || status != COMPLETED {
        return Ok(());
    }
    can.sql(
        "update journeys set completed_at = $3 where workspace_id = {here} and lead_id = $1 and campaign_id = $2",
    )
    .bind(place.lead)
    .bind(place.campaign)
    .bind(can.now())
    .run(tx)
    .await
    .map(drop)
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
