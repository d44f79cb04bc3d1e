//! The SQL of what is known about the use of keys, and about their makers. One statement serves all keys of a page.

use crate::access::{Caller, EffectiveRole, Role, across};
use crate::db::record;
use crate::error::Result;
use crate::time::Time;
use uuid::Uuid;

/// A permission that a key has used, at some time within the days that are kept.
pub struct Use {
    pub key: Uuid,
    pub permission: String,
    pub last: Time,
}
record! { Use { key = "principal_id", permission = "permission", last = "max(last_at)" } }

pub async fn uses(can: &Caller, keys: &[Uuid]) -> Result<Vec<Use>> {
    can.sql(
        "select {columns} from uses where workspace_id = {here} and principal_id in ({ids}) \
         group by principal_id, permission",
    )
    .fill_list("{ids}", keys)
    .all(can.reader())
    .await
}

/// Whether the workspace demands strict scopes, and the first day whose uses are still known, in any workspace.
pub struct Ground {
    pub strict_scopes: bool,
    pub counted_since: Option<Time>,
}
record! { Ground {
    strict_scopes = "w.strict_scopes", counted_since = "(select u.day from uses u order by u.day limit 1)",
} }

pub async fn ground(can: &Caller) -> Result<Option<Ground>> {
    across("The server counts uses for all workspaces from the same day on.")
        .unfenced_sql("select {columns} from workspaces w where w.id = {here}")
        .here(can.workspace())
        .optional(can.reader())
        .await
}

struct MakerRow {
    key: Uuid,
    role: String,
    role_id: Option<Uuid>,
    cells: Option<String>,
}
record! { MakerRow { key = "k.id", role = "m.role", role_id = "m.role_id", cells = "r.cells" } }

/// The roles that the makers of these keys have now, as far as they are members of this workspace.
pub async fn makers(can: &Caller, keys: &[Uuid]) -> Result<Vec<(Uuid, EffectiveRole)>> {
    let rows: Vec<MakerRow> = can
        .sql(
            "select {columns} from api_keys k join members m on m.workspace_id = k.workspace_id \
             and m.id = k.created_by left join roles r on r.workspace_id = m.workspace_id and r.id = m.role_id \
             where k.workspace_id = {here} and k.id in ({ids})",
        )
        .fill_list("{ids}", keys)
        .all(can.reader())
        .await?;
    let role = |row: MakerRow| {
        // A member whose custom role does not exist has no rights.
        let cells = row.role_id.map(|_| row.cells.unwrap_or_default().into());
        Some((row.key, EffectiveRole { base: Role::parse(&row.role)?, cells }))
    };
    Ok(rows.into_iter().filter_map(role).collect())
}
