//! The SQL of emptying a campaign or a list.

use super::Container;
use crate::access::{Caller, STEP};
use crate::db::Tx;
use crate::error::Result;

/// Deletes at most one step of the leads and returns their number.
pub async fn delete_some_leads(can: &Caller, tx: &mut Tx, container: Container) -> Result<u64> {
    can.sql(
        "delete from leads where workspace_id = {here} and id in (select l.id from leads l \
         where l.workspace_id = {here} {filters} limit $1)",
    )
    .bind(STEP as i64)
    .fill("{filters}", |out| {
        out.given(container.campaign(), " and l.campaign_id = ", "");
        out.given(container.list(), " and l.list_id = ", "");
    })
    .run(tx)
    .await
}
