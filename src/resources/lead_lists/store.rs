use super::SHAPE;
use crate::access::{Caller, Near, lead_lists::Read, leads};
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

/// How near these lists are to the caller.
pub async fn near(can: &Caller, ids: &[Uuid]) -> Result<Vec<(Uuid, Near)>> {
    can.sql("select i.id, {near} from lead_lists i where i.id in ({ids}) and {visible}")
        .fill_list("{ids}", ids)
        .fill("{near}", can.near(&SHAPE))
        .fill("{visible}", can.sees::<Read>(&SHAPE))
        .all(can.reader())
        .await
}

/// How many leads of these lists the caller sees.
pub async fn lead_counts(can: &Caller, ids: &[Uuid]) -> Result<Vec<(Uuid, i64)>> {
    can.sql(
        "select l.list_id, count(*) from leads l where l.list_id in ({ids}) and {visible} group by l.list_id",
    )
    .fill_list("{ids}", ids)
    .fill("{visible}", can.sees::<leads::Read>(&resources::leads::SHAPE))
    .all(can.reader())
    .await
}
