//! The SQL that wakes accounts.

use crate::access::Caller;
use crate::db::{Json, Tx};
use crate::error::Result;
use uuid::Uuid;

pub async fn launch(can: &Caller, tx: &mut Tx, campaign: Uuid) -> Result<u64> {
    can.sql(
        "insert into campaign_runs (workspace_id, campaign_id, launcher, link_id, revision, launched_at) \
         values ({here}, $1, $2, $3, 1, $4) on conflict (workspace_id, campaign_id) do update \
         set launcher = excluded.launcher, link_id = excluded.link_id, launched_at = excluded.launched_at, \
         revision = campaign_runs.revision + 1",
    )
    .bind(campaign)
    .bind(Json::value(&can.asker()))
    .bind(can.link())
    .bind(can.now())
    .run(tx)
    .await
}

/// Whether the campaign was launched, and so has a mandate.
pub async fn is_launched(can: &Caller, tx: &mut Tx, campaign: Uuid) -> Result<bool> {
    let run = can
        .sql("select r.revision from campaign_runs r where r.workspace_id = {here} and r.campaign_id = $1");
    Ok(run.bind(campaign).optional::<i64>(tx).await?.is_some())
}

pub async fn raise_revision(can: &Caller, tx: &mut Tx, campaign: Uuid) -> Result<u64> {
    can.sql(
        "update campaign_runs set revision = revision + 1 where workspace_id = {here} and campaign_id = $1",
    )
    .bind(campaign)
    .run(tx)
    .await
}

pub async fn set_tags(can: &Caller, tx: &mut Tx, campaign: Uuid, tags: &[Uuid]) -> Result<()> {
    can.sql("delete from run_tags where workspace_id = {here} and campaign_id = $1")
        .bind(campaign)
        .run(&mut *tx)
        .await?;
    if tags.is_empty() {
        return Ok(());
    }
    can.sql(
        "insert into run_tags (workspace_id, tag_id, campaign_id) select t.workspace_id, t.id, $1 \
         from custom_tags t where t.workspace_id = {here} and t.id in ({ids})",
    )
    .bind(campaign)
    .fill_list("{ids}", tags)
    .run(tx)
    .await
    .map(drop)
}

/// Wakes the accounts from which a launched campaign sends.
pub async fn wake_campaign(can: &Caller, tx: &mut Tx, campaign: Uuid) -> Result<()> {
    can.sql(
        "insert into runs (workspace_id, account_id, ready_at) select a.workspace_id, a.id, $2 from accounts a \
         where a.workspace_id = {here} and exists (select 1 from campaign_runs r \
         where r.workspace_id = a.workspace_id and r.campaign_id = $1) and (a.id in (select s.account_id \
         from campaign_senders s where s.workspace_id = {here} and s.campaign_id = $1) or a.id in \
         (select g.resource_id from custom_tag_mappings g join run_tags t on t.workspace_id = g.workspace_id \
         and t.tag_id = g.tag_id where g.workspace_id = {here} and t.campaign_id = $1)) \
         on conflict (workspace_id, account_id) do update set wakes = runs.wakes + 1, \
         ready_at = case when runs.ready_at < excluded.ready_at then runs.ready_at else excluded.ready_at end",
    )
    .bind(campaign)
    .bind(can.now())
    .run(tx)
    .await
    .map(drop)
}

/// Wakes these accounts. Ids of other records do nothing.
pub async fn wake_accounts(can: &Caller, tx: &mut Tx, accounts: &[Uuid]) -> Result<()> {
    if accounts.is_empty() {
        return Ok(());
    }
    can.sql(
        "insert into runs (workspace_id, account_id, ready_at) select a.workspace_id, a.id, $1 from accounts a \
         where a.workspace_id = {here} and a.id in ({ids}) \
         on conflict (workspace_id, account_id) do update set wakes = runs.wakes + 1, \
         ready_at = case when runs.ready_at < excluded.ready_at then runs.ready_at else excluded.ready_at end",
    )
    .bind(can.now())
    .fill_list("{ids}", accounts)
    .run(tx)
    .await
    .map(drop)
}

/// The campaigns of a user get another owner. Mails that were prepared before are not sent.
pub async fn handed_over(can: &Caller, tx: &mut Tx, user: Uuid) -> Result<u64> {
    can.sql(
        "update campaign_runs set revision = revision + 1 where workspace_id = {here} and campaign_id in \
         (select c.id from campaigns c where c.workspace_id = {here} and c.owned_by = $1)",
    )
    .bind(user)
    .run(tx)
    .await
}

/// Wakes the accounts from which the launched campaigns of a user send.
pub async fn wake_owned(can: &Caller, tx: &mut Tx, user: Uuid) -> Result<u64> {
    can.sql(
        "insert into runs (workspace_id, account_id, ready_at) select a.workspace_id, a.id, $2 from accounts a \
         where a.workspace_id = {here} and (a.id in (select s.account_id from campaign_senders s \
         join campaign_runs r on r.workspace_id = s.workspace_id and r.campaign_id = s.campaign_id \
         join campaigns c on c.workspace_id = s.workspace_id and c.id = s.campaign_id \
         where s.workspace_id = {here} and c.owned_by = $1) or a.id in (select g.resource_id \
         from custom_tag_mappings g join run_tags t on t.workspace_id = g.workspace_id and t.tag_id = g.tag_id \
         join campaigns c on c.workspace_id = t.workspace_id and c.id = t.campaign_id \
         where g.workspace_id = {here} and c.owned_by = $1)) \
         on conflict (workspace_id, account_id) do update set wakes = runs.wakes + 1, \
         ready_at = case when runs.ready_at < excluded.ready_at then runs.ready_at else excluded.ready_at end",
    )
    .bind(user)
    .bind(can.now())
    .run(tx)
    .await
}
