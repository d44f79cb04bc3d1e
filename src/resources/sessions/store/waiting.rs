//! The SQL of sessions that wait for a second factor.

use crate::access::{Across, Method, across};
use crate::db::{Record, Row, Source, Tx};
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

fn server_wide() -> Across {
    across("The holder of a waiting session has not yet authenticated in any workspace.")
}

/// A session that waits for a second factor.
#[derive(Clone, Debug)]
pub struct Pending {
    pub hash: String,
    pub user: Uuid,
    pub workspace: Uuid,
    pub method: Method,
    /// When the person chose the password.
    pub chosen_at: Time,
}

impl Record for Pending {
    const COLUMNS: &'static str = "s.hash, s.user_id, s.workspace_id, s.method, \
         coalesce(u.password_chosen_at, u.timestamp_created)";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Pending {
            hash: row.take()?,
            user: row.take()?,
            workspace: row.take()?,
            method: Method::parse(&row.take::<String>()?),
            chosen_at: row.take()?,
        })
    }
}

pub async fn pending(from: impl Into<Source<'_>>, hash: &str, since: Time) -> Result<Option<Pending>> {
    server_wide()
        .unfenced_sql(
            "select {columns} from sessions s join users u on u.id = s.user_id \
             where s.hash = $1 and s.stage = 'factor' and s.timestamp_created > $2",
        )
        .bind(hash)
        .bind(since)
        .optional(from)
        .await
}

/// Whether this call was the first to end the waiting session.
pub async fn end_pending(tx: &mut Tx, hash: &str) -> Result<bool> {
    let ended = server_wide()
        .unfenced_sql("delete from sessions where hash = $1 and stage = 'factor'")
        .bind(hash)
        .run(tx);
    Ok(ended.await? == 1)
}
