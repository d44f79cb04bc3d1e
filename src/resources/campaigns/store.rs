//! The SQL of campaigns. A finder takes the proof and has `{visible}`, which holds the workspace too.

use super::{Campaign, SHAPE, Schedule, Settings, Visibility};
use crate::access::{Caller, Can, Permission, custom_tags};
use crate::db::{Json, Record, Row, Source, Tx, ids, sql};
use crate::error::Result;
use crate::http::{Paging, pattern};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What of a campaign no statement asks for, as one column.
#[derive(Serialize, Deserialize)]
struct Rest {
    campaign_schedule: Schedule,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ai_sdr_id: Option<Uuid>,
    #[serde(flatten)]
    settings: Settings,
}

impl Record for Campaign {
    const COLUMNS: &'static str = "c.id, c.name, c.status, c.visibility, c.owned_by, c.workspace_id, \
         c.timestamp_created, c.timestamp_updated, c.settings, \
         (select string_agg(uuid_text(k.member_id), ',') from campaign_collaborators k \
          where k.workspace_id = c.workspace_id and k.campaign_id = c.id)";
    fn read(row: &mut Row) -> Result<Self> {
        let (id, name, status) = (row.take()?, row.take()?, row.take()?);
        let visibility = Visibility::parse(&row.take::<String>()?);
        let (owned_by, organization) = (row.take()?, row.take()?);
        let (timestamp_created, timestamp_updated) = (row.take()?, row.take()?);
        let Json(rest) = row.take::<Json<Rest>>()?;
        let mut collaborators = ids(row.take()?)?;
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
            custom_variables: None,
            visibility,
            collaborators,
            settings: rest.settings,
        })
    }
}

fn rest(campaign: &Campaign) -> serde_json::Value {
    Json::value(&Rest {
        campaign_schedule: campaign.campaign_schedule.clone(),
        ai_sdr_id: campaign.ai_sdr_id,
        settings: campaign.settings.clone(),
    })
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
    sql("select {columns} from campaigns c where c.id < $1 and {visible} {filters} order by c.id desc limit $2")
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
                can.sees::<custom_tags::Read>(&crate::resources::custom_tags::SHAPE)(out);
                out.push(")");
            }
        })
        .all(can.reader())
        .await
}

pub async fn find<P: Permission>(can: &Can<P>, from: impl Into<Source<'_>>, id: Uuid) -> Result<Campaign> {
    let found = sql("select {columns}, {within} from campaigns c where c.id = $1 and {visible}")
        .bind(id)
        .fill("{within}", can.within(&SHAPE))
        .fill("{visible}", can.visible(&SHAPE))
        .optional(from);
    can.admit(found.await?)
}

pub async fn insert(can: &Caller, tx: &mut Tx, campaign: &Campaign) -> Result<()> {
    sql("insert into campaigns (workspace_id, id, name, search, status, visibility, owned_by, settings, \
         timestamp_created, timestamp_updated) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)")
    .bind(can.workspace())
    .bind(campaign.id)
    .bind(&campaign.name)
    .bind(campaign.name.to_lowercase())
    .bind(campaign.status)
    .bind(campaign.visibility.name())
    .bind(campaign.owned_by)
    .bind(rest(campaign))
    .bind(campaign.timestamp_created)
    .run(&mut *tx)
    .await?;
    collaborate(can, tx, campaign).await
}

pub async fn update(can: &Caller, tx: &mut Tx, before: &Campaign, campaign: &Campaign) -> Result<()> {
    sql("update campaigns set name = $3, search = $4, status = $5, visibility = $6, owned_by = $7, \
         settings = $8, timestamp_updated = $9 where workspace_id = $1 and id = $2")
    .bind(can.workspace())
    .bind(campaign.id)
    .bind(&campaign.name)
    .bind(campaign.name.to_lowercase())
    .bind(campaign.status)
    .bind(campaign.visibility.name())
    .bind(campaign.owned_by)
    .bind(rest(campaign))
    .bind(campaign.timestamp_updated)
    .run(&mut *tx)
    .await?;
    if before.collaborators == campaign.collaborators {
        return Ok(());
    }
    sql("delete from campaign_collaborators where workspace_id = $1 and campaign_id = $2")
        .bind(can.workspace())
        .bind(campaign.id)
        .run(&mut *tx)
        .await?;
    collaborate(can, tx, campaign).await
}

async fn collaborate(can: &Caller, tx: &mut Tx, campaign: &Campaign) -> Result<()> {
    for member in &campaign.collaborators {
        sql("insert into campaign_collaborators (workspace_id, campaign_id, member_id) values ($1, $2, $3)")
            .bind(can.workspace())
            .bind(campaign.id)
            .bind(*member)
            .run(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Collaborators and mappings go with it.
pub async fn delete(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<u64> {
    sql("delete from custom_tag_mappings where workspace_id = $1 and resource_id = $2")
        .bind(can.workspace())
        .bind(id)
        .run(&mut *tx)
        .await?;
    sql("delete from campaigns where workspace_id = $1 and id = $2")
        .bind(can.workspace())
        .bind(id)
        .run(tx)
        .await
}
