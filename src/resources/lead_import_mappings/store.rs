use super::{LeadImportMapping, SHAPE, Targets};
use crate::access::{Caller, lead_import_mappings::Read};
use crate::db::Tx;
use crate::error::Result;
use uuid::Uuid;

/// What a mapping says, if the caller sees it.
pub async fn targets_of(can: &Caller, id: Uuid) -> Result<Option<Targets>> {
    let mapping = can
        .sql("select {columns} from lead_import_mappings i where i.id = $1 and {visible}")
        .bind(id)
        .fill("{visible}", can.sees::<Read>(&SHAPE))
        .optional::<LeadImportMapping>(can.reader());
    Ok(mapping.await?.map(|mapping| mapping.targets))
}

pub async fn count(can: &Caller, tx: &mut Tx) -> Result<i64> {
    let count = can.sql("select count(*) from lead_import_mappings where workspace_id = {here}");
    Ok(count.optional(tx).await?.unwrap_or(0))
}

pub async fn is_taken(can: &Caller, tx: &mut Tx, name: &str) -> Result<bool> {
    let taken =
        can.sql("select count(*) from lead_import_mappings where workspace_id = {here} and search = $1");
    Ok(taken.bind(name.to_lowercase()).optional::<i64>(tx).await?.unwrap_or(0) > 0)
}
