//! The SQL of campaigns. A finder takes the proof and fills `{visible}`, which includes the workspace.

use super::rest::Rest;
use super::{Campaign, SHAPE, Visibility};
use crate::access::{Caller, Can, Permission, across, campaigns::Read, custom_tags, leads};
use crate::db::{Json, Record, Row, Source, Tx, ids};
use crate::error::{Error, Result};
use crate::http::{LONGEST, Paging, pattern};
use crate::resources::{accounts, custom_tags as tags, leads as lead};
use crate::time::Time;
use serde_json::Value;
use uuid::Uuid;

impl Record for Campaign {
    const COLUMNS: &'static str = "c.id, c.name, c.status, c.visibility, c.owned_by, c.workspace_id, \
         c.timestamp_created, c.timestamp_updated, c.settings, \
         (select string_agg(uuid_text(k.member_id), ',') from campaign_collaborators k \
          where k.workspace_id = c.workspace_id and k.campaign_id = c.id), \
         (select string_agg(s.position || ' ' || a.email, ',') from campaign_senders s \
          join accounts a on a.workspace_id = s.workspace_id and a.id = s.account_id \
          where s.workspace_id = c.workspace_id and s.campaign_id = c.id)";
    fn read(row: &mut Row) -> Result<Self> {
        let (id, name, status) = (row.take()?, row.take()?, row.take()?);
        let visibility = Visibility::parse(&row.take::<String>()?);
        let (owned_by, organization) = (row.take()?, row.take()?);
        let (timestamp_created, timestamp_updated) = (row.take()?, row.take()?);
        let Json(mut rest) = row.take::<Json<Rest>>()?;
        let mut collaborators = ids(row.take()?)?;
        rest.settings.email_list = in_order(row.take()?);
        collaborators.sort_unstable();
        Ok(Campaign {
            id,
            name,
            status,
            campaign_schedule: rest.campaign_schedule,
            timestamp_created,
            timestamp_updated,
            organization,
            owned_by,
            ai_sdr_id: rest.ai_sdr_id,
            not_sending_status: None,
            core_variables: None,
            custom_variables: rest.custom_variables,
            visibility,
            collaborators,
            accounts_not_connected: vec![],
            settings: rest.settings,
        })
    }
    fn weight(&self) -> usize {
        self.campaign_schedule.weight() + self.settings.sequences.weight()
    }
}

/// The addresses in `7 jane@acme.example,3 jo@acme.example`, in the order of the numbers. SQL does not sort them, because
/// SQLite would open a table for each campaign to sort in.
fn in_order(senders: Option<String>) -> Vec<String> {
    let senders = senders.iter().flat_map(|all| all.split(',')).filter_map(|sender| sender.split_once(' '));
    let mut senders: Vec<_> = senders.map(|(at, email)| (at.parse::<i64>().ok(), email)).collect();
    senders.sort_unstable();
    senders.into_iter().map(|(_, email)| email.to_owned()).collect()
}

#[derive(Default)]
pub struct Wanted {
    pub search: Option<String>,
    pub tags: Option<Vec<Uuid>>,
    pub status: Option<i64>,
    pub exclude_status: Option<i64>,
    pub agent: Option<Uuid>,
}

pub async fn list<P: Permission>(can: &Can<P>, paging: &Paging, wanted: &Wanted) -> Result<Vec<Campaign>> {
    let search = wanted.search.as_ref().map(|text| pattern(text));
    can.sql(
        "select {columns} from campaigns c \
         where c.id < $1 and {visible} {filters} order by c.id desc limit $2",
    )
    .bind(paging.before())
    .bind(paging.limit())
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", |out| {
        out.given(wanted.status, " and c.status = ", "");
        out.given(wanted.exclude_status, " and c.status <> ", "");
        out.given(wanted.agent.map(|id| id.to_string()), " and c.settings ->> 'ai_sdr_id' = ", "");
        out.given(search, " and c.search like ", " escape '\\'");
        if let Some(ids) = &wanted.tags {
            out.push(" and c.id in (select m.resource_id from custom_tag_mappings m join custom_tags t");
            out.push(" on t.workspace_id = m.workspace_id and t.id = m.tag_id");
            out.push(" where m.tag_id in (").list(ids).push(") and ");
            can.sees::<custom_tags::Read>(&tags::SHAPE)(out);
            out.push(")");
        }
    })
    .up_to(LONGEST)
    .all(can.reader())
    .await
}

pub async fn find<P: Permission>(can: &Can<P>, from: impl Into<Source<'_>>, id: Uuid) -> Result<Campaign> {
    let found = can
        .sql("select {columns}, {within} from campaigns c where c.id = $1 and {visible}")
        .bind(id)
        .fill("{within}", can.within(&SHAPE))
        .fill("{visible}", can.visible(&SHAPE))
        .optional(from);
    can.admit(found.await?)
}

/// A campaign that the caller can see, whatever they do with it.
pub async fn seen(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<Campaign> {
    let found = can
        .sql("select {columns} from campaigns c where c.id = $1 and {visible}")
        .bind(id)
        .fill("{visible}", can.sees::<Read>(&SHAPE))
        .optional(tx);
    found.await?.ok_or_else(Error::hidden)
}

/// Counts the campaigns in any state but this one.
pub async fn count_but(can: &Can<Read>, status: i64) -> Result<i64> {
    let count = can
        .sql("select count(*) from campaigns c where c.status <> $1 and {visible}")
        .bind(status)
        .fill("{visible}", can.visible(&SHAPE));
    Ok(count.optional(can.reader()).await?.unwrap_or(0))
}

/// At most a hundred.
pub async fn by_contact(can: &Can<Read>, email: &str, order: &'static str) -> Result<Vec<Campaign>> {
    can.sql(
        "select {columns} from campaigns c where {visible} and c.id in \
         (select l.campaign_id from leads l where l.email = $1 and {seen}) order by {order} limit 100",
    )
    .bind(email)
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{seen}", can.sees::<leads::Read>(&lead::SHAPE))
    .fill_text("{order}", order)
    .up_to(LONGEST)
    .all(can.reader())
    .await
}

pub async fn share(can: &Caller, tx: &mut Tx, id: Uuid, until: Time) -> Result<u64> {
    can.sql(
        "insert into campaign_shares (workspace_id, campaign_id, expires_at, link_id) \
         values ({here}, $1, $2, $3) \
         on conflict (workspace_id, campaign_id) do update set expires_at = excluded.expires_at",
    )
    .bind(id)
    .bind(until)
    .bind(can.link())
    .run(tx)
    .await
}

/// Ends what was shared through a link to an admin workspace.
pub async fn unshare(there: &Caller, tx: &mut Tx, link: Uuid) -> Result<u64> {
    there
        .sql("delete from campaign_shares where workspace_id = {here} and link_id = $1")
        .bind(link)
        .run(tx)
        .await
}

/// Ends what these workspaces shared.
pub async fn unshare_all(tx: &mut Tx, workspaces: &[Uuid]) -> Result<u64> {
    across("The guard-rails of an admin workspace hold in its sub-workspaces.")
        .unfenced_sql("delete from campaign_shares where workspace_id in ({ids})")
        .fill_list("{ids}", workspaces)
        .run(tx)
        .await
}

/// A shared campaign of any workspace.
pub async fn shared(tx: &mut Tx, id: Uuid, now: Time) -> Result<Option<Campaign>> {
    across("Everybody who knows the id of a shared campaign can copy it.")
        .unfenced_sql(
            "select {columns} from campaign_shares s \
         join campaigns c on c.workspace_id = s.workspace_id and c.id = s.campaign_id \
         join workspaces w on w.id = c.workspace_id \
         where s.campaign_id = $1 and s.expires_at > $2 and coalesce(w.scheduled_for_removal_at > $2, true)",
        )
        .bind(id)
        .bind(now)
        .optional(tx)
        .await
}

/// The part of a campaign that is stored as one JSON column.
pub async fn rest(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<Option<Rest>> {
    let rest = can
        .sql("select c.settings from campaigns c where c.workspace_id = {here} and c.id = $1")
        .bind(id)
        .optional::<Value>(tx);
    rest.await?.map(serde_json::from_value).transpose().map_err(Error::internal)
}

pub async fn set_rest(can: &Caller, tx: &mut Tx, id: Uuid, rest: &Rest) -> Result<()> {
    let update = can
        .sql("update campaigns set settings = $2 where workspace_id = {here} and id = $1")
        .bind(id)
        .bind(Json::value(rest));
    update.run(tx).await.map(drop)
}

pub async fn insert(can: &Caller, tx: &mut Tx, campaign: &Campaign) -> Result<()> {
    can.sql(
        "insert into campaigns (workspace_id, id, name, search, status, visibility, owned_by, settings, \
         timestamp_created, timestamp_updated) values ({here}, $1, $2, $3, $4, $5, $6, $7, $8, $8)",
    )
    .bind(campaign.id)
    .bind(&campaign.name)
    .bind(campaign.name.to_lowercase())
    .bind(campaign.status)
    .bind(campaign.visibility.name())
    .bind(campaign.owned_by)
    .bind(Rest::of(campaign))
    .bind(campaign.timestamp_created)
    .run(&mut *tx)
    .await?;
    if !campaign.settings.email_list.is_empty() {
        accounts::set_senders(can, tx, campaign.id, &campaign.settings.email_list).await?;
    }
    collaborate(can, tx, campaign).await
}

pub async fn update(can: &Caller, tx: &mut Tx, before: &Campaign, campaign: &Campaign) -> Result<()> {
    can.sql(
        "update campaigns set name = $2, search = $3, status = $4, visibility = $5, owned_by = $6, \
         settings = $7, timestamp_updated = $8 where workspace_id = {here} and id = $1",
    )
    .bind(campaign.id)
    .bind(&campaign.name)
    .bind(campaign.name.to_lowercase())
    .bind(campaign.status)
    .bind(campaign.visibility.name())
    .bind(campaign.owned_by)
    .bind(Rest::of(campaign))
    .bind(campaign.timestamp_updated)
    .run(&mut *tx)
    .await?;
    if before.settings.email_list != campaign.settings.email_list {
        accounts::set_senders(can, tx, campaign.id, &campaign.settings.email_list).await?;
    }
    if before.collaborators == campaign.collaborators {
        return Ok(());
    }
    can.sql("delete from campaign_collaborators where workspace_id = {here} and campaign_id = $1")
        .bind(campaign.id)
        .run(&mut *tx)
        .await?;
    collaborate(can, tx, campaign).await
}

async fn collaborate(can: &Caller, tx: &mut Tx, campaign: &Campaign) -> Result<()> {
    for member in &campaign.collaborators {
        can.sql(
            "insert into campaign_collaborators (workspace_id, campaign_id, member_id) \
             values ({here}, $1, $2)",
        )
        .bind(campaign.id)
        .bind(*member)
        .run(&mut *tx)
        .await?;
    }
    Ok(())
}

/// The foreign keys delete its collaborators, senders and share.
pub async fn delete(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<u64> {
    tags::unmap_all(can, tx, id).await?;
    can.sql("delete from campaigns where workspace_id = {here} and id = $1").bind(id).run(tx).await
}
