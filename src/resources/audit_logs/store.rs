//! The SQL of the audit log.

use super::{AuditLog, PAGE, SHAPE};
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

pub struct Wanted {
    pub before: Uuid,
    pub limit: i64,
    pub activity_type: Option<i64>,
    pub search: Option<String>,
    pub from: Option<Time>,
    pub until: Option<Time>,
}

pub async fn list<P: Permission>(can: &Can<P>, wanted: Wanted) -> Result<Vec<AuditLog>> {
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
    })
    .up_to(PAGE)
    .all(can.reader())
    .await
}
