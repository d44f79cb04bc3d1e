//! The SQL of credits. There is no statement that changes or removes an entry.

use super::{Caps, Entry, Kind};
use crate::access::Caller;
use crate::db::{Record, Row, Source, Tx, sql};
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

/// None while nothing was ever granted.
pub async fn balance(from: impl Into<Source<'_>>, payer: Uuid, kind: Kind) -> Result<Option<i64>> {
    sql("select balance from credit_balances where workspace_id = $1 and kind = $2")
        .bind(payer)
        .bind(kind.name())
        .optional(from)
        .await
}

/// What was granted in all, and what is left.
pub async fn granted(can: &Caller, kind: Kind) -> Result<Option<(i64, i64)>> {
    sql("select granted, balance from credit_balances where workspace_id = $1 and kind = $2")
        .bind(can.workspace())
        .bind(kind.name())
        .optional(can.reader())
        .await
}

/// How many rows that was: none where there is not enough.
pub async fn take(tx: &mut Tx, payer: Uuid, (kind, amount): (Kind, i64)) -> Result<u64> {
    sql("update credit_balances set balance = balance - $3 \
         where workspace_id = $1 and kind = $2 and balance >= $3")
    .bind(payer)
    .bind(kind.name())
    .bind(amount)
    .run(tx)
    .await
}

pub async fn grant(can: &Caller, tx: &mut Tx, (kind, amount): (Kind, i64)) -> Result<u64> {
    sql("insert into credit_balances (workspace_id, kind, granted, balance) values ($1, $2, $3, $3) \
         on conflict (workspace_id, kind) do update set granted = credit_balances.granted + $3, \
         balance = credit_balances.balance + $3")
    .bind(can.workspace())
    .bind(kind.name())
    .bind(amount)
    .run(tx)
    .await
}

pub async fn insert(tx: &mut Tx, payer: Uuid, entry: &Entry) -> Result<u64> {
    sql("insert into credit_entries (workspace_id, id, kind, amount, balance, spent_in, memo, timestamp_created) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(payer)
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

/// What the caller's workspace has spent in this month, with this.
pub async fn add_to_month(
    can: &Caller,
    tx: &mut Tx,
    payer: Uuid,
    (kind, amount): (Kind, i64),
) -> Result<i64> {
    sql("insert into credit_months (workspace_id, sub_workspace_id, kind, month, spent) \
         values ($1, $2, $3, $4, $5) on conflict (workspace_id, sub_workspace_id, kind, month) \
         do update set spent = credit_months.spent + $5")
    .bind(payer)
    .bind(can.workspace())
    .bind(kind.name())
    .bind(month(can))
    .bind(amount)
    .run(&mut *tx)
    .await?;
    spent(can, &mut *tx, payer, kind).await
}

pub async fn spent(can: &Caller, from: impl Into<Source<'_>>, payer: Uuid, kind: Kind) -> Result<i64> {
    let spent = sql("select spent from credit_months where workspace_id = $1 and sub_workspace_id = $2 \
         and kind = $3 and month = $4")
    .bind(payer)
    .bind(can.workspace())
    .bind(kind.name())
    .bind(month(can))
    .optional(from);
    Ok(spent.await?.unwrap_or(0))
}

/// Of the caller's workspace, as its admin workspace has set them.
pub async fn caps(can: &Caller, from: impl Into<Source<'_>>) -> Result<Caps> {
    let caps = sql("select l.credit_caps from group_links l where l.sub_workspace_id = $1 \
         and l.status = 'accepted' and l.credit_caps is not null")
    .bind(can.workspace())
    .optional::<serde_json::Value>(from);
    caps.await?.map_or(Ok(Caps::default()), |caps| serde_json::from_value(caps).map_err(Error::internal))
}

/// Of the ledger of who pays; `spent_in` alone, where that is not the caller's own workspace.
pub async fn entries(
    can: &Caller,
    paging: &Paging,
    kind: Option<Kind>,
    (payer, spent_in): (Uuid, Option<Uuid>),
) -> Result<Vec<Entry>> {
    sql("select {columns} from credit_entries e where e.workspace_id = $1 and e.id < $2 {filters} \
         order by e.id desc limit $3")
    .bind(payer)
    .bind(paging.before())
    .bind(paging.limit())
    .fill("{filters}", |out| {
        out.given(kind.map(Kind::name), " and e.kind = ", "");
        out.given(spent_in, " and e.spent_in = ", "");
    })
    .all(can.reader())
    .await
}
