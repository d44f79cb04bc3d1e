//! The SQL of imports.

use super::ImportPart;
use crate::access::Caller;
use crate::db::Tx;
use crate::error::Result;
use uuid::Uuid;

/// The number of imports that have not ended.
pub async fn open(can: &Caller, tx: &mut Tx) -> Result<i64> {
    let open = can.sql(
        "select count(*) from jobs where workspace_id = {here} and kind = 'import-leads' \
         and status in ('pending', 'in-progress')",
    );
    Ok(open.optional(tx).await?.unwrap_or(0))
}

pub async fn part(can: &Caller, import: Uuid, number: i64) -> Result<Option<ImportPart>> {
    can.sql(
        "select {columns} from lead_import_parts p where p.workspace_id = {here} and p.import_id = $1 \
         and p.number = $2",
    )
    .bind(import)
    .bind(number)
    .optional(can.reader())
    .await
}

/// The first part with a report on a line after this one.
pub async fn reported(can: &Caller, import: Uuid, line: i64) -> Result<Option<ImportPart>> {
    can.sql(
        "select {columns} from lead_import_parts p where p.workspace_id = {here} and p.import_id = $1 \
         and p.last_line > $2 and p.report <> '' order by p.number limit 1",
    )
    .bind(import)
    .bind(line)
    .optional(can.reader())
    .await
}
