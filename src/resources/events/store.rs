//! The SQL of events. Nothing here changes or deletes one.

use super::Event;
use crate::access::Caller;
use crate::db::Tx;
use crate::error::Result;
use uuid::Uuid;

/// The label's text is that of a label of the workspace, as it is now.
pub async fn insert(can: &Caller, tx: &mut Tx, id: Uuid, event: &Event) -> Result<u64> {
    can.sql(
        "insert into events (workspace_id, id, timestamp_created, kind, lead_id, campaign_id, account_id, interest, \
         label, step, variant, machine, first_of_lead, first_of_step) values ({here}, $1, $2, $3, $4, $5, $6, $7, \
         (select b.label from lead_labels b where b.workspace_id = {here} and b.interest_status = $7), $8, $9, $10, \
         not exists (select 1 from events e where e.workspace_id = {here} and e.lead_id = $4 and e.kind = $3), \
         not exists (select 1 from events e where e.workspace_id = {here} and e.lead_id = $4 and e.kind = $3 \
         and e.step = $8))",
    )
    .bind(id)
    .bind(can.now())
    .bind(event.kind.name())
    .bind(event.lead)
    .bind(event.campaign)
    .bind(event.account)
    .bind(event.interest)
    .bind(event.step)
    .bind(event.variant)
    .bind(event.machine)
    .run(tx)
    .await
}

/// Puts an event into the queues of the webhooks that want it. A paused webhook gets it when somebody resumes it.
pub async fn hand_out(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<()> {
    can.sql(
        "insert into webhook_deliveries (workspace_id, webhook_id, id, event_id, lead_id, attempts, due_at, \
         timestamp_created) select w.workspace_id, w.id, e.id, e.id, e.lead_id, 0, e.timestamp_created, \
         e.timestamp_created from webhooks w join events e on e.workspace_id = w.workspace_id \
         where w.workspace_id = {here} and e.id = $1 and (w.campaign_id is null or w.campaign_id = e.campaign_id) \
         and (w.event_type = 'all_events' or w.event_type = e.kind or w.custom_interest_value = e.interest)",
    )
    .bind(id)
    .run(tx)
    .await
    .map(drop)
}
