//! The SQL of moving accounts between workspaces. The two callers stand for the two workspaces.

use crate::access::{Caller, across};
use crate::db::{Source, Tx};
use crate::error::Result;
use uuid::Uuid;

/// The accounts of a workspace that have these addresses.
pub async fn among(
    side: &Caller,
    from: impl Into<Source<'_>>,
    emails: &[String],
) -> Result<Vec<(Uuid, String)>> {
    side.sql("select a.id, a.email from accounts a where a.workspace_id = {here} and a.email in ({emails})")
        .fill_list("{emails}", emails)
        .all(from)
        .await
}

/// An account's id, and how it reads and sends.
pub async fn sealed(source: &Caller, tx: &mut Tx, email: &str) -> Result<Option<(Uuid, String)>> {
    source
        .sql("select id, connection from accounts where workspace_id = {here} and email = $1")
        .bind(email)
        .optional(tx)
        .await
}

const BETWEEN: &str = "A move reads one workspace of a group and writes another.";

pub async fn copy(source: &Caller, destination: &Caller, tx: &mut Tx, id: Uuid, sealed: &str) -> Result<u64> {
    across(BETWEEN)
        .unfenced_sql(
            "insert into accounts (workspace_id, id, email, first_name, last_name, search, status, \
             warmup_status, provider_code, settings, status_message, stat_warmup_score, connection, \
             connection_state, timestamp_warmup_start, timestamp_created, timestamp_updated) \
             select $2, a.id, a.email, a.first_name, a.last_name, a.search, a.status, a.warmup_status, \
             a.provider_code, a.settings, a.status_message, a.stat_warmup_score, $3, a.connection_state, \
             a.timestamp_warmup_start, a.timestamp_created, $4 from accounts a \
             where a.workspace_id = {here} and a.id = $1",
        )
        .here(source.workspace())
        .bind(id)
        .bind(destination.workspace())
        .bind(sealed)
        .bind(destination.now())
        .run(tx)
        .await
}

/// Copies what the account has sent.
pub async fn copy_days(source: &Caller, destination: &Caller, tx: &mut Tx, id: Uuid) -> Result<()> {
    let days = across(BETWEEN).unfenced_sql(
        "insert into account_days (workspace_id, account_id, day, sent, bounced, contacted, \
         new_leads_contacted, opened, unique_opened, replies, unique_replies, replies_automatic, \
         unique_replies_automatic, clicks, unique_clicks) \
         select $2, d.account_id, d.day, d.sent, d.bounced, d.contacted, d.new_leads_contacted, d.opened, \
         d.unique_opened, d.replies, d.unique_replies, d.replies_automatic, d.unique_replies_automatic, \
         d.clicks, d.unique_clicks from account_days d where d.workspace_id = {here} and d.account_id = $1",
    );
    let warmup = across(BETWEEN).unfenced_sql(
        "insert into warmup_days (workspace_id, account_id, day, sent, landed_inbox, landed_spam, \
         received) select $2, d.account_id, d.day, d.sent, d.landed_inbox, d.landed_spam, d.received \
         from warmup_days d where d.workspace_id = {here} and d.account_id = $1",
    );
    for statement in [days, warmup] {
        let between = statement.here(source.workspace()).bind(id).bind(destination.workspace());
        between.run(&mut *tx).await?;
    }
    Ok(())
}
