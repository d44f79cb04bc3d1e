//! The SQL of credits. No statement changes or removes an entry.

pub mod caps;

use super::{Caps, Entry, Kind, Spend};
use crate::access::{Across, Caller, across};
use crate::db::{Record, Row, Source, Tx, record};
use crate::error::{Error, Result};
use crate::http::Paging;
use uuid::Uuid;

impl Record for Entry {
    const COLUMNS: &'static str =
        "e.id, e.kind, e.amount, e.balance, e.spent_in, e.memo, e.timestamp_created";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Entry {
            id: row.take()?,
            kind: Kind::parse(&row.take::<String>()?),
            amount: row.take()?,
            balance: row.take()?,
            spent_in: row.take()?,
            memo: row.take()?,
            timestamp_created: row.take()?,
        })
    }
}

fn shared() -> Across {
    across("An admin workspace pays for its sub-workspaces.")
}

/// What is left; none before the first grant.
pub async fn balance(from: impl Into<Source<'_>>, payer: Uuid, kind: Kind) -> Result<Option<i64>> {
    shared()
        .unfenced_sql("select balance from credit_balances where workspace_id = {here} and kind = $1")
        .here(payer)
        .bind(kind.name())
        .optional(from)
        .await
}

/// All credits that were granted, and those that are left.
pub struct Counted {
    pub granted: i64,
    pub left: i64,
}
record! { Counted { granted, left = "balance" } }

pub async fn granted(can: &Caller, kind: Kind) -> Result<Option<Counted>> {
    can.sql("select {columns} from credit_balances where workspace_id = {here} and kind = $1")
        .bind(kind.name())
        .optional(can.reader())
        .await
}

/// Takes credits from the balance. No row if there are not enough.
pub async fn take(tx: &mut Tx, payer: Uuid, spend: &Spend) -> Result<u64> {
    shared()
        .unfenced_sql(
            "update credit_balances set balance = balance - $2 \
             where workspace_id = {here} and kind = $1 and balance >= $2",
        )
        .here(payer)
        .bind(spend.kind.name())
        .bind(spend.amount)
        .run(tx)
        .await
}

pub async fn grant(can: &Caller, tx: &mut Tx, kind: Kind, amount: i64) -> Result<u64> {
    can.sql(
        "insert into credit_balances (workspace_id, kind, granted, balance) values ({here}, $1, $2, $2) \
         on conflict (workspace_id, kind) do update set granted = credit_balances.granted + $2, \
         balance = credit_balances.balance + $2",
    )
    .bind(kind.name())
    .bind(amount)
    .run(tx)
    .await
}

pub async fn insert(tx: &mut Tx, payer: Uuid, entry: &Entry) -> Result<u64> {
    shared()
        .unfenced_sql(
            "insert into credit_entries (workspace_id, id, kind, amount, balance, spent_in, memo, \
             timestamp_created) values ({here}, $1, $2, $3, $4, $5, $6, $7)",
        )
        .here(payer)
        .bind(entry.id)
        .bind(entry.kind.name())
        .bind(entry.amount)
        .bind(entry.balance)
        .bind(entry.spent_in)
        .bind(entry.memo.clone())
        .bind(entry.timestamp_created)
        .run(tx)
        .await
}

fn month(can: &Caller) -> String {
    can.now().day().chars().take(7).collect()
}

/// Counts what the caller's workspace spends, and returns what it has spent in this month.
pub async fn add_to_month(can: &Caller, tx: &mut Tx, payer: Uuid, spend: &Spend) -> Result<i64> {
    can.sql(
        "insert into credit_months (workspace_id, sub_workspace_id, kind, month, spent) \
         values ($1, {here}, $2, $3, $4) on conflict (workspace_id, sub_workspace_id, kind, month) \
         do update set spent = credit_months.spent + $4",
    )
    .bind(payer)
    .bind(spend.kind.name())
    .bind(month(can))
    .bind(spend.amount)
    .run(&mut *tx)
    .await?;
    spent(can, &mut *tx, payer, spend.kind).await
}

pub async fn spent(can: &Caller, from: impl Into<Source<'_>>, payer: Uuid, kind: Kind) -> Result<i64> {
    let spent = can
        .sql(
            "select spent from credit_months where workspace_id = $1 and sub_workspace_id = {here} \
             and kind = $2 and month = $3",
        )
        .bind(payer)
        .bind(kind.name())
        .bind(month(can))
        .optional(from);
    Ok(spent.await?.unwrap_or(0))
}

/// The caps of the caller's workspace, which its admin workspace has set.
pub async fn caps(can: &Caller, from: impl Into<Source<'_>>) -> Result<Caps> {
    let caps = can
        .sql(
            "select l.credit_caps from group_links l where l.sub_workspace_id = {here} \
             and l.status = 'accepted' and l.credit_caps is not null",
        )
        .optional::<serde_json::Value>(from);
    caps.await?.map_or(Ok(Caps::default()), |caps| serde_json::from_value(caps).map_err(Error::internal))
}

/// The part of a ledger to list.
pub struct Ledger {
    /// The workspace that pays.
    pub payer: Uuid,
    /// Only what was spent in this workspace.
    pub spent_in: Option<Uuid>,
    pub kind: Option<Kind>,
}

pub async fn entries(can: &Caller, paging: &Paging, ledger: &Ledger) -> Result<Vec<Entry>> {
    shared()
        .unfenced_sql(
            "select {columns} from credit_entries e where e.workspace_id = {here} and e.id < $1 {filters} \
             order by e.id desc limit $2",
        )
        .here(ledger.payer)
        .bind(paging.before())
        .bind(paging.limit())
        .fill("{filters}", |out| {
            out.given(ledger.kind.map(Kind::name), " and e.kind = ", "");
            out.given(ledger.spent_in, " and e.spent_in = ", "");
        })
        .all(can.reader())
        .await
}
