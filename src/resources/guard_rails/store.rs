//! The SQL of guard-rails.

use super::Past;
use crate::access::{Caller, Can, GuardRails, guard_rails::Read};
use crate::audit::REFUSALS;
use crate::db::{Json, Source, Tx, record};
use crate::error::{Error, Result};
use crate::resources::workspace_group_members::SHAPE;
use uuid::Uuid;

record! { Past {
    workspace = "w.id", workspace_name = "w.name", action = "g.action", role = "g.metadata ->> 'role'",
    second_factor = "cast(g.metadata ->> 'second_factor' as text)", calls = "count(*)",
    delegation = "l.delegation"
} }

pub async fn current(can: &Caller, from: impl Into<Source<'_>>) -> Result<GuardRails> {
    let stored = can.sql("select guard_rails from workspaces where id = {here} and guard_rails is not null");
    let stored: Option<serde_json::Value> = stored.optional(from).await?;
    stored.map_or(Ok(GuardRails::default()), |rails| serde_json::from_value(rails).map_err(Error::internal))
}

pub async fn set(can: &Caller, tx: &mut Tx, rails: &GuardRails) -> Result<u64> {
    can.sql("update workspaces set guard_rails = $1, timestamp_updated = $2 where id = {here}")
        .bind(Json::value(rails))
        .bind(can.now())
        .run(tx)
        .await
}

/// Days of the audit logs that a dry run reads.
pub const DAYS: i64 = 30;

/// What was done in the sub-workspaces in the last days, since each joined the group.
pub async fn past(can: &Can<Read>) -> Result<Vec<Past>> {
    let since = can.now().minus(DAYS * 24 * 60 * 60 * 1000);
    // Ids are in the order of time, and so is the key: older rows are not read.
    can.sql(
        "select {columns} from group_links l join workspaces w on w.id = l.sub_workspace_id \
         join audit_log g on g.workspace_id = l.sub_workspace_id and g.at > $1 \
         and g.at >= l.accepted_at where l.status = 'accepted' and g.refusal is null \
         and g.activity_type not in ({kinds}) and g.id > $2 \
         and g.metadata ->> 'from_workspace_id' is null and {visible} \
         group by w.id, w.name, g.action, g.metadata ->> 'role', g.metadata ->> 'second_factor', \
         l.delegation",
    )
    .bind(since)
    .bind(Uuid::from_u128(u128::from(since.0.unsigned_abs()) << 80))
    .fill_list("{kinds}", &REFUSALS)
    .fill("{visible}", can.visible(&SHAPE))
    .all(can.reader())
    .await
}
