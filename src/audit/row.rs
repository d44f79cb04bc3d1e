//! A row of the audit log, as it is stored.

use super::Actor;
use crate::db::{Tx, sql};
use crate::error::Result;
use crate::time::Time;
use serde_json::Value;
use uuid::Uuid;

pub struct Row<'a> {
    pub workspace: Uuid,
    pub id: Uuid,
    pub at: Time,
    pub activity: i64,
    pub action: &'a str,
    pub resource: String,
    pub campaign: Option<Uuid>,
    pub list: Option<Uuid>,
    pub affected: Option<i64>,
    pub metadata: Value,
    pub refusal: Option<&'a str>,
}

impl Row<'_> {
    pub async fn write(self, actor: &Actor, tx: &mut Tx) -> Result<()> {
        let from = actor.home_name();
        let search = format!("{} {} {} {} {from}", self.action, self.resource, actor.label, actor.ip_address);
        sql("insert into audit_log (workspace_id, id, at, activity_type, action, resource, actor, user_id, \
             member_id, api_key_id, ip_address, user_agent, request_id, campaign_id, affected_count, metadata, \
             search, refusal, list_id, user_name) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
             (select trim(first_name || ' ' || last_name) from users where id = $8))")
        .bind(self.workspace)
        .bind(self.id)
        .bind(self.at)
        .bind(self.activity)
        .bind(self.action)
        .bind(self.resource)
        .bind(&actor.label)
        .bind(actor.user_id)
        .bind(actor.member_id)
        .bind(actor.api_key_id)
        .bind(&actor.ip_address)
        .bind(actor.user_agent.clone())
        .bind(&actor.request_id)
        .bind(self.campaign)
        .bind(self.affected)
        .bind(extended(self.metadata, actor, self.workspace))
        .bind(search.to_lowercase())
        .bind(self.refusal.map(str::to_owned))
        .bind(self.list)
        .run(tx)
        .await
        .map(drop)
    }
}

/// Adds the facts about the actor that the wire has no columns for.
pub fn extended(mut metadata: Value, actor: &Actor, workspace: Uuid) -> Value {
    if let Some(metadata) = metadata.as_object_mut() {
        metadata.extend(actor.facts(workspace));
    }
    metadata
}
