//! Canary keys, which give no access. A caller who presents one gets the answer for an unknown key, after the same
//! look-ups. Only the audit log tells the difference.

use super::Presented;
use crate::access::Attempt;
use crate::app::App;
use crate::db::{Source, record, sql};
use crate::error::Result;
use crate::http::{Origin, Slot};
use crate::time::Time;
use uuid::Uuid;

/// A canary key that somebody presented.
pub(in crate::access) struct Canary {
    pub(in crate::access) workspace: Uuid,
    pub(in crate::access) id: Uuid,
    pub(in crate::access) name: String,
}
record! { Canary { workspace = "k.workspace_id", id = "k.id", name = "k.name" } }

/// Looks up a key that is unknown, and notes the attempt if it is a canary.
pub(in crate::access) async fn note_use(
    app: &App,
    presented: &Presented,
    origin: &Origin,
    slot: &Slot<Attempt>,
) {
    let Presented::Key(hash) = presented else { return };
    match find(hash, app.now(), app.reader.reading_for(presented.lane())).await {
        Ok(None) => (),
        Ok(Some(canary)) => slot.fill(|| Attempt::of_canary(canary, origin)),
        Err(error) => tracing::debug!(%error, "an unknown key was not compared with the canary keys"),
    }
}

async fn find(hash: &str, now: Time, from: impl Into<Source<'_>>) -> Result<Option<Canary>> {
    sql(
        "select {columns} from canaries c join api_keys k on k.workspace_id = c.workspace_id and k.id = c.id \
         join workspaces w on w.id = c.workspace_id where c.hash = $2 and k.revoked_at is null \
         and coalesce(k.expires_at > $1, true) and coalesce(w.scheduled_for_removal_at > $1, true)",
    )
    .bind(now)
    .bind(hash)
    .optional(from)
    .await
}
