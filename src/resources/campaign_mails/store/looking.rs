//! The SQL of the question why a campaign does not send. Each statement reads all accounts of the campaign at once.

use super::{LANES, Run, Waiting};
use crate::access::Caller;
use crate::error::Result;
use crate::resources::accounts::{Account, Senders};
use crate::time::Time;
use std::collections::HashMap;
use uuid::Uuid;

/// The accounts of a campaign, at most 200, and whether the campaign can send from them.
pub async fn senders(can: &Caller, campaign: Uuid, senders: &Senders) -> Result<Vec<(Account, bool)>> {
    can.sql(
        "select {columns}, {usable} from accounts a where a.workspace_id = {here} and (a.id in (select s.account_id \
         from campaign_senders s where s.workspace_id = {here} and s.campaign_id = $1) or a.id in \
         (select g.resource_id from custom_tag_mappings g join run_tags t on t.workspace_id = g.workspace_id \
         and t.tag_id = g.tag_id where g.workspace_id = {here} and t.campaign_id = $1)) order by a.id limit $2",
    )
    .bind(campaign)
    .bind(LANES)
    .fill("{usable}", senders.usable())
    .all(can.reader())
    .await
}

/// What these accounts have sent.
pub async fn runs(can: &Caller, accounts: &[Uuid]) -> Result<HashMap<Uuid, Run>> {
    let runs = can
        .sql("select r.account_id, {columns} from runs r where r.workspace_id = {here} and r.account_id in ({ids})")
        .fill_list("{ids}", accounts)
        .all::<(Uuid, Run)>(can.reader());
    Ok(runs.await?.into_iter().collect())
}

/// When the gaps of accounts in a campaign are over.
pub async fn gaps(can: &Caller, campaign: Uuid) -> Result<HashMap<Uuid, Time>> {
    let gaps = can
        .sql("select l.account_id, l.gap_until from lanes l where l.workspace_id = {here} and l.campaign_id = $1")
        .bind(campaign)
        .all::<(Uuid, Time)>(can.reader());
    Ok(gaps.await?.into_iter().collect())
}

/// For each account of a campaign the step that is due first: a first step that was deferred, and a later one.
pub async fn first_due(can: &Caller, campaign: Uuid) -> Result<Vec<(Uuid, Waiting)>> {
    can.sql(
        "select w.account_id, w.lead_id, w.step, w.due_at from (select j.account_id, j.lead_id, j.step, j.due_at, \
         row_number() over (partition by j.account_id, j.step = 0 order by j.due_at, j.lead_id) as place \
         from journeys j where j.workspace_id = {here} and j.campaign_id = $1 and j.due_at is not null \
         and not j.ended) w where w.place = 1 order by w.due_at, w.lead_id limit $2",
    )
    .bind(campaign)
    .bind(4 * LANES)
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
