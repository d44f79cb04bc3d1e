//! The SQL of moving accounts between workspaces. The two callers stand for the two workspaces.

use super::connection::Connection;
use super::moving::Loss;
use super::store;
use crate::access::Caller;
use crate::db::{Source, Tx, record, sql};
use crate::error::Result;
use uuid::Uuid;

pub const NOT_THERE: &str = "the source workspace has no such account";
pub const TAKEN: &str = "the destination workspace has an account with this address";

/// Of these addresses, those that a workspace has.
pub async fn there(
    side: &Caller,
    from: impl Into<Source<'_>>,
    emails: &[String],
) -> Result<Vec<(Uuid, String)>> {
    sql("select a.id, a.email from accounts a where a.workspace_id = $1 and a.email in ({emails})")
        .bind(side.workspace())
        .fill_list("{emails}", emails)
        .all(from)
        .await
}

/// Campaigns from which an account would be taken.
pub struct Lost {
    pub account: Uuid,
    campaign: Uuid,
    name: String,
    /// Senders that would be left.
    left: i64,
}
record! { Lost { account = "s.account_id", campaign = "c.id", name = "c.name", left = "x.number" } }

impl Lost {
    pub fn loss(&self) -> Loss {
        Loss { id: self.campaign, name: self.name.clone(), left_without_sender: self.left == 0 }
    }
}

pub async fn losses(source: &Caller, accounts: &[Uuid]) -> Result<Vec<Lost>> {
    sql("select {columns} from campaign_senders s \
         join campaigns c on c.workspace_id = s.workspace_id and c.id = s.campaign_id \
         join (select o.campaign_id, count(*) filter (where o.account_id not in ({ids})) as number \
         from campaign_senders o where o.workspace_id = $1 group by o.campaign_id) x on x.campaign_id = c.id \
         where s.workspace_id = $1 and s.account_id in ({ids}) order by c.id limit 10000")
    .bind(source.workspace())
    .fill_list("{ids}", accounts)
    .all(source.reader())
    .await
}

/// Whole, in this transaction, or not: then why.
pub async fn move_one(
    source: &Caller,
    destination: &Caller,
    tx: &mut Tx,
    email: &str,
) -> Result<Result<(), &'static str>> {
    let found = sql("select id, connection from accounts where workspace_id = $1 and email = $2")
        .bind(source.workspace())
        .bind(email)
        .optional::<(Uuid, String)>(&mut *tx);
    let Some((id, sealed)) = found.await? else { return Ok(Err(NOT_THERE)) };
    if store::taken(destination, tx, email).await? {
        return Ok(Err(TAKEN));
    }
    // Each workspace seals with a key of its own.
    let connection = Connection::open(source.app(), source.workspace(), id, &sealed)?;
    let sealed = connection.sealed(destination.app(), destination.workspace(), id)?;
    copy(source, destination, tx, id, &sealed).await?;
    copy_days(source, destination, tx, id).await?;
    store::delete(source, tx, id).await?;
    Ok(Ok(()))
}

async fn copy(source: &Caller, destination: &Caller, tx: &mut Tx, id: Uuid, sealed: &str) -> Result<u64> {
    sql("insert into accounts (workspace_id, id, email, first_name, last_name, search, status, warmup_status, \
         provider_code, settings, status_message, stat_warmup_score, connection, connection_state, timestamp_warmup_start, \
         timestamp_created, timestamp_updated) \
         select $3, a.id, a.email, a.first_name, a.last_name, a.search, a.status, a.warmup_status, \
         a.provider_code, a.settings, a.status_message, a.stat_warmup_score, $4, a.connection_state, a.timestamp_warmup_start, \
         a.timestamp_created, $5 from accounts a where a.workspace_id = $1 and a.id = $2")
    .bind(source.workspace())
    .bind(id)
    .bind(destination.workspace())
    .bind(sealed)
    .bind(destination.now())
    .run(tx)
    .await
}

/// What it has sent goes with it.
async fn copy_days(source: &Caller, destination: &Caller, tx: &mut Tx, id: Uuid) -> Result<()> {
    let days = sql("insert into account_days (workspace_id, account_id, day, sent, bounced, contacted, \
         new_leads_contacted, opened, unique_opened, replies, unique_replies, replies_automatic, \
         unique_replies_automatic, clicks, unique_clicks) \
         select $3, d.account_id, d.day, d.sent, d.bounced, d.contacted, d.new_leads_contacted, d.opened, \
         d.unique_opened, d.replies, d.unique_replies, d.replies_automatic, d.unique_replies_automatic, \
         d.clicks, d.unique_clicks from account_days d where d.workspace_id = $1 and d.account_id = $2");
    let warmup =
        sql("insert into warmup_days (workspace_id, account_id, day, sent, landed_inbox, landed_spam, \
         received) select $3, d.account_id, d.day, d.sent, d.landed_inbox, d.landed_spam, d.received \
         from warmup_days d where d.workspace_id = $1 and d.account_id = $2");
    for statement in [days, warmup] {
        let between = statement.bind(source.workspace()).bind(id).bind(destination.workspace());
        between.run(&mut *tx).await?;
    }
    Ok(())
}
