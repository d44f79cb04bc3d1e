//! The SQL of moving accounts between workspaces. The two callers stand for the two workspaces.

use super::super::Account;
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

/// An account, and how it reads and sends.
pub async fn with_sealed(source: &Caller, tx: &mut Tx, email: &str) -> Result<Option<(Account, String)>> {
    source
        .sql("select {columns}, a.connection from accounts a where a.workspace_id = {here} and a.email = $1")
        .bind(email)
        .optional(tx)
        .await
}

/// The columns of the two tables that say what an account has sent, after its day.
const SENT: &str = "sent, bounced, contacted, new_leads_contacted, opened, unique_opened, replies, unique_replies, \
                    replies_automatic, unique_replies_automatic, clicks, unique_clicks";
const WARMED: &str = "sent, landed_inbox, landed_spam, received";

/// Copies what the account has sent.
pub async fn copy_days(source: &Caller, destination: &Caller, tx: &mut Tx, id: Uuid) -> Result<()> {
    let between = across("A move reads one workspace of a group and writes another.");
    let days = between
        .unfenced_sql(
            "insert into account_days (workspace_id, account_id, day, {counts}) select $2, account_id, day, {counts} \
             from account_days where workspace_id = {here} and account_id = $1",
        )
        .fill_text("{counts}", SENT);
    let warmup = between
        .unfenced_sql(
            "insert into warmup_days (workspace_id, account_id, day, {counts}) select $2, account_id, day, {counts} \
             from warmup_days where workspace_id = {here} and account_id = $1",
        )
        .fill_text("{counts}", WARMED);
    for statement in [days, warmup] {
        let copied = statement.here(source.workspace()).bind(id).bind(destination.workspace());
        copied.run(&mut *tx).await?;
    }
    Ok(())
}
