//! The SQL of campaigns that does not follow from their description.

use super::rest::Rest;
use super::{Campaign, SHAPE, Visibility};
use crate::access::{Caller, Can, Near, Permission, across, campaigns::Read, custom_tags, leads};
use crate::db::{Json, Tx};
use crate::error::{Error, Result};
use crate::http::{LONGEST, Paging, pattern};
use crate::resources::{accounts, custom_tags as tags, leads as lead};
use crate::time::Time;
use serde_json::Value;
use uuid::Uuid;

#[derive(Default)]
pub struct Wanted {
    pub search: Option<String>,
    pub tags: Option<Vec<Uuid>>,
    pub status: Option<i64>,
    pub exclude_status: Option<i64>,
    pub agent: Option<Uuid>,
    /// A user.
    pub owner: Option<Uuid>,
    pub visibility: Option<Visibility>,
}

pub async fn list<P: Permission>(can: &Can<P>, paging: &Paging, wanted: &Wanted) -> Result<Vec<Campaign>> {
    let found = can.list::<Campaign>(paging, |out| {
        out.given(wanted.status, " and c.status = ", "");
        out.given(wanted.exclude_status, " and c.status <> ", "");
        out.given(wanted.agent.map(|id| id.to_string()), " and c.settings ->> 'ai_sdr_id' = ", "");
        out.given(wanted.owner, " and c.owned_by = ", "");
        out.given(wanted.visibility.map(Visibility::name), " and c.visibility = ", "");
        let search = wanted.search.as_ref().map(|text| pattern(text));
        out.given(search, " and c.search like ", " escape '\\'");
        if let Some(ids) = &wanted.tags {
            out.push(" and c.id in (select m.resource_id from custom_tag_mappings m join custom_tags t");
            out.push(" on t.workspace_id = m.workspace_id and t.id = m.tag_id");
            out.push(" where m.tag_id in (").list(ids).push(") and ");
            can.sees::<custom_tags::Read>(&tags::SHAPE)(out);
            out.push(")");
        }
    });
    found.up_to(LONGEST).all(can.reader()).await
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

/// How near these campaigns are to the caller.
pub async fn near(can: &Caller, ids: &[Uuid]) -> Result<Vec<(Uuid, Near)>> {
    can.sql("select c.id, {near} from campaigns c where c.id in ({ids}) and {visible}")
        .fill_list("{ids}", ids)
        .fill("{near}", can.near(&SHAPE))
        .fill("{visible}", can.sees::<Read>(&SHAPE))
        .all(can.reader())
        .await
}

/// The labels of the tags on these campaigns that the caller sees, at most 2,000.
pub async fn labels(can: &Caller, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    can.sql(
        "select m.resource_id, t.label from custom_tag_mappings m join custom_tags t \
         on t.workspace_id = m.workspace_id and t.id = m.tag_id \
         where m.workspace_id = {here} and m.resource_id in ({ids}) and {tags} order by t.label limit 2000",
    )
    .fill_list("{ids}", ids)
    .fill("{tags}", can.sees::<custom_tags::Read>(&tags::SHAPE))
    .all(can.reader())
    .await
}

/// How many leads of a campaign the caller sees.
pub async fn lead_count(can: &Caller, id: Uuid) -> Result<i64> {
    let count = can
        .sql("select count(*) from leads l where l.campaign_id = $1 and {visible}")
        .bind(id)
        .fill("{visible}", can.sees::<leads::Read>(&lead::SHAPE));
    Ok(count.optional(can.reader()).await?.unwrap_or(0))
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
    let found = can.list_by::<Campaign>(order, 100, |out| {
        out.push(" and c.id in (select l.campaign_id from leads l where l.email = ")
            .bind(email)
            .push(" and ");
        can.sees::<leads::Read>(&lead::SHAPE)(out);
        out.push(")");
    });
    found.up_to(LONGEST).all(can.reader()).await
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
    can.insert(tx, campaign).await?;
    if !campaign.settings.email_list.is_empty() {
        accounts::set_senders(can, tx, campaign.id, &campaign.settings.email_list).await?;
    }
    collaborate(can, tx, campaign).await
}

pub async fn update(can: &Caller, tx: &mut Tx, before: &Campaign, campaign: &Campaign) -> Result<()> {
    can.update(tx, campaign).await?;
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
    can.delete::<Campaign>(tx, id).await
}

/// The newest campaigns that the caller sees, by name.
pub async fn names(can: &Can<Read>, most: i64) -> Result<Vec<(Uuid, String)>> {
    can.sql("select c.id, c.name from campaigns c where {visible} order by c.id desc limit $1")
        .bind(most)
        .fill("{visible}", can.visible(&SHAPE))
        .all(can.reader())
        .await
}
