//! The SQL of verifying leads.

use super::super::SHAPE;
use crate::access::{Caller, Can, leads::Read, leads::Verify};
use crate::db::{Source, Tx};
use crate::error::Result;
use uuid::Uuid;

/// Leads of one statement.
const SOME: usize = 512;

/// Leads that wait for their verification and are within reach, in the order of their ids.
pub async fn waiting(
    can: &Can<Verify>,
    from: impl Into<Source<'_>>,
    ids: Option<&[Uuid]>,
    most: i64,
) -> Result<Vec<(Uuid, String)>> {
    can.sql(
        "select l.id, l.email from leads l where {within} and {visible} and l.verification_status = 12 \
         and l.email is not null {filters} order by l.id limit $1",
    )
    .bind(most)
    .fill("{within}", can.within(&SHAPE))
    .fill("{visible}", can.visible(&SHAPE))
    .fill("{filters}", |out| {
        out.given_list(ids, " and l.id in (", ")");
    })
    .all(from)
    .await
}

pub async fn set_verification(can: &Caller, tx: &mut Tx, status: Option<i64>, ids: &[Uuid]) -> Result<()> {
    for some in ids.chunks(SOME) {
        can.sql("update leads set verification_status = $1 where workspace_id = {here} and id in ({ids})")
            .bind(status)
            .fill_list("{ids}", some)
            .run(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Whether a job of this asker that verifies leads has not ended.
pub async fn verifies(can: &Caller, tx: &mut Tx, asker: &str) -> Result<bool> {
    let open = can
        .sql(
            "select count(*) from jobs where workspace_id = {here} and kind = 'verify-leads' and about = $1 \
             and status in ('pending', 'in-progress')",
        )
        .bind(asker)
        .optional::<i64>(tx);
    Ok(open.await?.unwrap_or(0) > 0)
}

pub async fn reached(can: &Caller, from: impl Into<Source<'_>>, emails: &[String]) -> Result<Vec<String>> {
    can.sql(
        "select distinct l.email from leads l where {visible} and l.email in ({emails}) \
         and (l.email_reply_count > 0 or l.email_open_count > 0 or l.email_click_count > 0)",
    )
    .fill_list("{emails}", emails)
    .fill("{visible}", can.sees::<Read>(&SHAPE))
    .all(from)
    .await
}
