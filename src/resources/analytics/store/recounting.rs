//! The SQL of the recount, over all workspaces. The operator asks for it.

use crate::access::across;
use crate::db::Reader;
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

/// Rows that are read at a time.
pub const PIECE: i64 = 10_000;

/// Campaigns after an id, with their workspaces.
pub async fn campaigns_after(reader: &Reader, after: Uuid) -> Result<Vec<(Uuid, Uuid)>> {
    across("The operator has the counters of all workspaces counted again.")
        .unfenced_sql("select c.id, c.workspace_id from campaigns c where c.id > $1 order by c.id limit $2")
        .bind(after)
        .bind(PIECE)
        .all(reader)
        .await
}

/// A mail after another one of a campaign: its id, its lead, its step and variant, its time, and its last result.
pub type Fact = (Uuid, (Uuid, ((i64, i64), (Time, Option<String>))));

pub async fn sends_after(
    reader: &Reader,
    (workspace, campaign): (Uuid, Uuid),
    (time, after): (Time, Uuid),
) -> Result<Vec<Fact>> {
    across("The operator has the counters of all workspaces counted again.")
        .unfenced_sql(
            "select s.id, s.lead_id, s.step, s.variant, s.at, (select r.kind from results r \
             where r.workspace_id = s.workspace_id and r.send_id = s.id order by r.number desc limit 1) from sends s \
             where s.workspace_id = $1 and s.campaign_id = $2 and (s.at > $3 or s.at = $3 and s.id > $4) \
             order by s.at, s.id limit $5",
        )
        .bind(workspace)
        .bind(campaign)
        .bind(time)
        .bind(after)
        .bind(PIECE)
        .all(reader)
        .await
}

/// The counters of a campaign: step, variant and day, and the mails that were sent and that are unconfirmed.
pub type StepDay = ((i64, i64), (String, (i64, i64)));

pub async fn step_days(reader: &Reader, (workspace, campaign): (Uuid, Uuid)) -> Result<Vec<StepDay>> {
    across("The operator has the counters of all workspaces counted again.")
        .unfenced_sql(
            "select d.step, d.variant, d.day, d.sent, d.unconfirmed from step_days d where d.workspace_id = $1 \
             and d.campaign_id = $2",
        )
        .bind(workspace)
        .bind(campaign)
        .all(reader)
        .await
}

/// A day, the day of the mail before, and the leads.
pub async fn contact_days(
    reader: &Reader,
    (workspace, campaign): (Uuid, Uuid),
) -> Result<Vec<(String, (String, i64))>> {
    across("The operator has the counters of all workspaces counted again.")
        .unfenced_sql(
            "select k.day, k.previous_day, k.leads from contact_days k where k.workspace_id = $1 \
             and k.campaign_id = $2",
        )
        .bind(workspace)
        .bind(campaign)
        .all(reader)
        .await
}
