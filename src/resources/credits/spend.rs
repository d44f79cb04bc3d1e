//! Spends credits. The balance, the cap, the month and the entry change together or not at all, so that of several callers
//! who spend the last credit one succeeds.

use super::{Entry, Kind, Spend, payer, store};
use crate::access::{Caller, Can, credits::Use};
use crate::audit::{Change, Subject};
use crate::db::Tx;
use crate::error::{Error, Result};
use serde_json::json;

pub async fn spend(can: Can<Use>, wanted: Spend) -> Result<Entry> {
    can.write(async move |can, tx| {
        let mut entry = spend_within(can, tx, &wanted).await?;
        let payer = payer(can);
        if payer != can.workspace() {
            entry.balance = None;
        }
        let facts = json!({ "kind": entry.kind, "amount": entry.amount, "memo": entry.memo });
        Ok(Change::new(Subject::new("credit_entry", entry.id), (), facts, entry).also_in(payer))
    })
    .await
}

/// Spends within the transaction of the operation that costs credits. After an error, nothing may be committed.
pub async fn spend_within(can: &Caller, tx: &mut Tx, spend: &Spend) -> Result<Entry> {
    let (kind, amount) = (spend.kind, spend.amount);
    let payer = payer(can);
    if payer != can.workspace() {
        let cap = store::caps(can, &mut *tx).await?.of(kind);
        let spent = store::add_to_month(can, tx, payer, spend).await?;
        if let Some(cap) = cap.filter(|cap| spent > *cap) {
            let left = (cap - (spent - amount)).max(0);
            return Err(short(kind, left, " of this month's cap, which the admin workspace has set"));
        }
    }
    let balance = store::balance(&mut *tx, payer, kind).await?;
    if balance.is_some() && store::take(tx, payer, spend).await? == 0 {
        return Err(short(kind, balance.unwrap_or(0), ""));
    }
    let left = balance.map(|balance| balance - amount);
    let entry = Entry {
        id: can.new_id(),
        kind,
        amount: -amount,
        balance: left,
        spent_in: Some(can.workspace()),
        memo: spend.memo.clone(),
        timestamp_created: can.now(),
    };
    store::insert(tx, payer, &entry).await?;
    Ok(entry)
}

pub(super) fn short(kind: Kind, left: i64, of: &str) -> Error {
    Error::NoCredit(format!("not enough credits of the kind `{}`: {left} left{of}", kind.name()))
}
