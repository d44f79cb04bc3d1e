use crate::access::{Caller, leads};
use crate::error::Result;
use crate::resources;
use uuid::Uuid;

/// How many leads of a list have each verification status.
pub async fn verification(can: &Caller, id: Uuid) -> Result<Vec<(Option<i64>, i64)>> {
    can.sql(
        "select l.verification_status, count(*) from leads l \
         where l.list_id = $1 and {visible} group by l.verification_status",
    )
    .bind(id)
    .fill("{visible}", can.sees::<leads::Read>(&resources::leads::SHAPE))
    .all(can.reader())
    .await
}
