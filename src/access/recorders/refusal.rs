//! Refused attempts as rows of the audit log. An attempt either increases the count of a row or adds one, and the rows of
//! an hour are limited.

use super::Attempt;
use crate::access::Step;
use crate::audit;
use crate::db::{Tx, sql};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

/// The most rows for refused attempts that a workspace gets in an hour.
const ROWS: i64 = 1000;

/// Identical attempts.
pub(in crate::access) struct Refusal {
    /// Attempts with the same text are identical.
    pub(in crate::access) same: String,
    pub(in crate::access) attempt: Attempt,
    pub(in crate::access) step: Step,
    pub(in crate::access) at: Time,
    /// Rows that are older than this are not counted up.
    pub(in crate::access) since: Time,
    pub(in crate::access) count: i64,
    /// The number of different objects, if the row is for many.
    pub(in crate::access) objects: Option<usize>,
}

impl Refusal {
    pub(in crate::access) async fn write(&self, id: Uuid, tx: &mut Tx) -> Result<()> {
        if self.count_up(&self.same, self.since, tx).await? > 0 {
            return self.update_objects(tx).await;
        }
        let hour = self.at.minus(Time::HOUR);
        let rows =
            sql("select count(*) from audit_log where workspace_id = $1 and activity_type in ({kinds}) and at > $2")
                .bind(self.attempt.workspace)
                .bind(hour)
                .fill_list("{kinds}", &audit::REFUSALS);
        let rows: i64 = rows.optional(&mut *tx).await?.unwrap_or(0);
        // Callers from an admin workspace, and strangers, must leave room for the workspace's own callers.
        let own = self.attempt.home == self.attempt.workspace && !self.attempt.is_by_stranger();
        if rows < if own { ROWS } else { ROWS / 2 } {
            return audit::refused(&self.attempt, self.facts(), (&self.same, self.count), (self.at, id), tx)
                .await;
        }
        if self.count_up(audit::OVERFLOW, hour, tx).await? == 0 {
            audit::overflow(self.attempt.workspace, self.at, self.count, id, tx).await?;
        }
        Ok(())
    }

    fn facts(&self) -> serde_json::Value {
        match self.objects {
            None => serde_json::json!({ "refused_by": self.step }),
            Some(objects) => serde_json::json!({ "refused_by": self.step, "objects": objects }),
        }
    }

    /// The number of objects can have grown since the row was written.
    async fn update_objects(&self, tx: &mut Tx) -> Result<()> {
        if self.objects.is_none() {
            return Ok(());
        }
        sql("update audit_log set metadata = $4 where workspace_id = $1 and refusal = $2 and at > $3")
            .bind(self.attempt.workspace)
            .bind(&self.same)
            .bind(self.since)
            .bind(audit::with_facts(self.facts(), &self.attempt))
            .run(tx)
            .await
            .map(drop)
    }

    async fn count_up(&self, same: &str, since: Time, tx: &mut Tx) -> Result<u64> {
        sql("update audit_log set affected_count = affected_count + $4 \
             where workspace_id = $1 and refusal = $2 and at > $3")
        .bind(self.attempt.workspace)
        .bind(same)
        .bind(since)
        .bind(self.count)
        .run(tx)
        .await
    }
}
