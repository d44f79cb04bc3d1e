//! The SQL of how accounts read and send.

use super::super::SHAPE;
use super::super::connection::State;
use crate::access::{Caller, Can, Permission};
use crate::db::{Source, Tx, record};
use crate::error::Result;
use uuid::Uuid;

/// How an account reads and sends, sealed, and whether the last try worked.
pub struct Stored {
    pub id: Uuid,
    pub email: String,
    pub sealed: String,
    pub state: String,
}
record! { Stored { id = "a.id", email = "a.email", sealed = "a.connection", state = "a.connection_state" } }

pub async fn connections<P: Permission>(can: &Can<P>, emails: &[String]) -> Result<Vec<Stored>> {
    can.sql(
        "select {columns} from accounts a \
         where a.email in ({emails}) and {within} and {visible} order by a.email",
    )
    .fill_list("{emails}", emails)
    .fill("{within}", can.within(&SHAPE))
    .fill("{visible}", can.visible(&SHAPE))
    .all(can.reader())
    .await
}

pub async fn set_connection(can: &Caller, tx: &mut Tx, ids: &[Uuid], state: State) -> Result<u64> {
    can.sql(
        "update accounts set connection_state = $1 \
         where workspace_id = {here} and connection_state <> $1 and id in ({ids})",
    )
    .bind(state.name())
    .fill_list("{ids}", ids)
    .run(tx)
    .await
}

/// How an account reads and sends, sealed.
pub async fn sealed(can: &Caller, from: impl Into<Source<'_>>, id: Uuid) -> Result<Option<String>> {
    can.sql("select a.connection from accounts a where a.workspace_id = {here} and a.id = $1")
        .bind(id)
        .optional(from)
        .await
}
