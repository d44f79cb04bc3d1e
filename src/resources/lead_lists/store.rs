//! The SQL of lead lists.

use super::{LeadList, SHAPE, Stats, VerificationStats};
use crate::access::{Caller, Can, Permission, leads};
use crate::db::{Source, Tx, sql};
use crate::error::Result;
use crate::http::pattern;
use crate::resources;
use crate::time::Time;
use uuid::Uuid;

pub async fn list<P: Permission>(
    can: &Can<P>,
    before: (Time, Uuid),
    limit: i64,
    (search, enriched): (Option<&str>, Option<bool>),
) -> Result<Vec<LeadList>> {
    let search = search.map(pattern);
    sql("select {columns} from lead_lists i \
         where (i.timestamp_created < $1 or i.timestamp_created = $1 and i.id < $2) and {visible} {filters} \
         order by i.timestamp_created desc, i.id desc limit $3")
    .bind(before.0)
    .bind(before.1)
    .bind(limit)
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", |out| {
        out.given(search, " and i.search like ", " escape '\\'");
        out.given(enriched, " and coalesce(i.has_enrichment_task, false) = ", "");
    })
    .all(can.reader())
    .await
}

pub async fn find<P: Permission>(can: &Can<P>, from: impl Into<Source<'_>>, id: Uuid) -> Result<LeadList> {
    let found = sql("select {columns}, {within} from lead_lists i where i.id = $1 and {visible}")
        .bind(id)
        .fill("{within}", can.within(&SHAPE))
        .fill("{visible}", can.visible(&SHAPE))
        .optional(from);
    can.admit(found.await?)
}

pub async fn insert(can: &Caller, tx: &mut Tx, list: &LeadList) -> Result<u64> {
    sql("insert into lead_lists (workspace_id, id, name, search, owned_by, has_enrichment_task, timestamp_created) \
         values ($1, $2, $3, $4, $5, $6, $7)")
    .bind(can.workspace())
    .bind(list.id)
    .bind(&list.name)
    .bind(list.name.to_lowercase())
    .bind(list.owned_by)
    .bind(list.has_enrichment_task)
    .bind(list.timestamp_created)
    .run(tx)
    .await
}

pub async fn update(can: &Caller, tx: &mut Tx, list: &LeadList) -> Result<u64> {
    sql("update lead_lists set name = $3, search = $4, owned_by = $5, has_enrichment_task = $6 \
         where workspace_id = $1 and id = $2")
    .bind(can.workspace())
    .bind(list.id)
    .bind(&list.name)
    .bind(list.name.to_lowercase())
    .bind(list.owned_by)
    .bind(list.has_enrichment_task)
    .run(tx)
    .await
}

pub async fn delete(can: &Caller, tx: &mut Tx, id: Uuid) -> Result<u64> {
    sql("delete from lead_lists where workspace_id = $1 and id = $2")
        .bind(can.workspace())
        .bind(id)
        .run(tx)
        .await
}

/// Of the leads that the caller sees.
pub async fn verification(can: &Caller, id: Uuid) -> Result<VerificationStats> {
    let counts: Vec<(Option<i64>, i64)> = sql("select l.verification_status, count(*) from leads l \
         where l.list_id = $1 and {visible} group by l.verification_status")
    .bind(id)
    .fill("{visible}", can.sees::<leads::Read>(&resources::leads::SHAPE))
    .all(can.reader())
    .await?;
    let of = |status: i64| counts.iter().filter(|(of, _)| *of == Some(status)).map(|(_, count)| count).sum();
    Ok(VerificationStats {
        stats: Stats {
            verified: of(1),
            invalid: of(-1),
            risky: of(-2),
            catch_all: of(-3),
            job_change: of(-4),
            verification_job_pending_leadfinder: of(12),
            verification_job_pending_user: of(11),
        },
        total_leads: counts.iter().map(|(_, count)| count).sum(),
    })
}
