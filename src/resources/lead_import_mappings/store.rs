use crate::access::Caller;
use crate::db::Tx;
use crate::error::Result;

pub async fn count(can: &Caller, tx: &mut Tx) -> Result<i64> {
    let count = can.sql("select count(*) from lead_import_mappings where workspace_id = {here}");
    Ok(count.optional(tx).await?.unwrap_or(0))
}

pub async fn is_taken(can: &Caller, tx: &mut Tx, name: &str) -> Result<bool> {
    let taken =
        can.sql("select count(*) from lead_import_mappings where workspace_id = {here} and search = $1");
    Ok(taken.bind(name.to_lowercase()).optional::<i64>(tx).await?.unwrap_or(0) > 0)
}
