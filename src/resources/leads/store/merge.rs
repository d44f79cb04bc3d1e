//! The SQL of merging.

use super::super::Lead;
use crate::access::{Can, leads::Merge};
use crate::db::Tx;
use crate::error::Result;

/// Writes what only a merge changes. `can.update` writes the rest.
pub async fn absorb(can: &Can<Merge>, tx: &mut Tx, lead: &Lead) -> Result<u64> {
    let done = &lead.engagement;
    can.sql(
        "update leads set email = $2, status = $3, email_open_count = $4, email_reply_count = $5, \
         email_click_count = $6, verification_status = $7, timestamp_last_contact = $8, timestamp_last_open = $9, \
         timestamp_last_reply = $10, timestamp_last_click = $11, enrichment_status = $12, esp_code = $13, \
         esg_code = $14 where workspace_id = {here} and id = $1",
    )
    .bind(lead.id)
    .bind(lead.email.clone())
    .bind(lead.status)
    .bind(done.email_open_count)
    .bind(done.email_reply_count)
    .bind(done.email_click_count)
    .bind(done.verification_status)
    .bind(done.timestamp_last_contact)
    .bind(done.timestamp_last_open)
    .bind(done.timestamp_last_reply)
    .bind(done.timestamp_last_click)
    .bind(done.enrichment_status)
    .bind(done.esp_code)
    .bind(done.esg_code)
    .run(tx)
    .await
}
