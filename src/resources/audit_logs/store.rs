//! The SQL of the audit log.

use super::{AuditLog, PAGE, SHAPE};
use crate::access::audit_logs::Read;
use crate::access::{Can, Permission};
use crate::db::{Record, Row};
use crate::error::Result;
use crate::http::pattern;
use crate::time::Time;
use uuid::Uuid;

impl Record for AuditLog {
    const COLUMNS: &'static str = "l.id, l.at, l.workspace_id, l.activity_type, l.user_agent, l.user_id, \
         l.ip_address, l.api_key_id, l.affected_count, l.campaign_id, l.list_id, l.metadata, \
         l.user_name, l.action, l.resource, l.actor";
    fn read(row: &mut Row) -> Result<Self> {
        let (id, at, organization_id, activity_type) = (row.take()?, row.take()?, row.take()?, row.take()?);
        let (user_agent, user_id, ip_address) = (row.take()?, row.take()?, row.take()?);
        let api_key_id: Option<Uuid> = row.take()?;
        let (affected_count, campaign_id, list_id) = (row.take()?, row.take()?, row.take()?);
        let (audit_metadata, user_name, action) = (row.take()?, row.take()?, row.take()?);
        let resource: String = row.take()?;
        Ok(AuditLog {
            id,
            timestamp: at,
            organization_id,
            activity_type,
            user_agent,
            user_id,
            ip_address,
            from_api: api_key_id.is_some(),
            api_key_id,
            affected_count,
            campaign_id,
            webhook_id: resource.strip_prefix("webhook/").and_then(|id| id.parse().ok()),
            subsequence_id: None,
            list_id,
            audit_metadata,
            user_name,
            action,
            resource,
            user: row.take()?,
            timestamp_created: at,
        })
    }
    fn weight(&self) -> usize {
        self.audit_metadata.weight()
    }
}

#[derive(Default)]
pub struct Wanted {
    pub before: Uuid,
    pub limit: i64,
    pub activity_type: Option<i64>,
    pub search: Option<String>,
    pub from: Option<Time>,
    pub until: Option<Time>,
    /// A part of the name of the actor.
    pub who: Option<String>,
    pub permission: Option<String>,
    /// `<kind>/<id>`.
    pub subject: Option<String>,
    pub address: Option<String>,
    pub refused: bool,
    /// Only what somebody did for the admin workspace.
    pub acting: bool,
}

pub async fn list<P: Permission, T: Record>(can: &Can<P>, wanted: Wanted) -> Result<Vec<T>> {
    let who = wanted.who.as_ref().map(|text| pattern(text));
    let search = wanted.search.as_ref().map(|text| pattern(text));
    can.sql(
        "select {columns} from audit_log l where l.id < $1 and {visible} {filters} order by l.id \
         desc limit $2",
    )
    .bind(wanted.before)
    .bind(wanted.limit)
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", |out| {
        out.given(wanted.activity_type, " and l.activity_type = ", "");
        out.given(search, " and l.search like ", " escape '\\'");
        out.given(wanted.from, " and l.at >= ", "");
        out.given(wanted.until, " and l.at < ", "");
        out.given(who, " and lower(l.actor) like ", " escape '\\'");
        out.given(wanted.permission, " and l.action = ", "");
        out.given(wanted.subject, " and l.resource = ", "");
        out.given(wanted.address, " and l.ip_address = ", "");
        out.push(if wanted.refused { " and l.refusal is not null" } else { "" });
        out.push(if wanted.acting { " and l.metadata ->> 'acting_for' is not null" } else { "" });
    })
    .up_to(PAGE)
    .all(can.reader())
    .await
}

/// What a page shows of a row beside the row itself.
pub struct Further {
    pub request_id: String,
    pub member: Option<Uuid>,
    pub refused: bool,
}

impl Record for Further {
    const COLUMNS: &'static str = "l.request_id, l.member_id, l.refusal is not null";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Further { request_id: row.take()?, member: row.take()?, refused: row.take()? })
    }
}

/// The names of the records that rows are about, as they are now. The readers of the log see every record.
pub async fn names(can: &Can<Read>, kind: &str, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    let named = match kind {
        "campaign" => can.sql("select id, name from campaigns where workspace_id = {here} and id in ({ids})"),
        "account" => can.sql("select id, email from accounts where workspace_id = {here} and id in ({ids})"),
        "api_key" => can.sql("select id, name from api_keys where workspace_id = {here} and id in ({ids})"),
        "workspace_member" => {
            can.sql("select id, email from members where workspace_id = {here} and id in ({ids})")
        }
        "lead_list" => {
            can.sql("select id, name from lead_lists where workspace_id = {here} and id in ({ids})")
        }
        "custom_tag" => {
            can.sql("select id, label from custom_tags where workspace_id = {here} and id in ({ids})")
        }
        _ => return Ok(vec![]),
    };
    named.fill_list("{ids}", ids).all(can.reader()).await
}
