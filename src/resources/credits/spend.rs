//! Spending, inside whatever transaction needs it: the balance, the cap, the month and the entry move together or not at
//! all, so that of many who spend the last credit one does.

use super::{Kind, payer, store};
use crate::access::Caller;
use crate::db::Tx;
use crate::error::{Error, Result};

/// What is to be spent.
pub struct Spending<'a> {
    pub kind: Kind,
    /// One at least.
    pub amount: i64,
    /// What for.
    pub memo: Option<&'a str>,
}

/// By who pays for the caller's workspace. An error, upon which nothing may be committed, where that does not suffice.
pub async fn spend(can: &Caller, tx: &mut Tx, spending: &Spending<'_>) -> Result<super::Entry> {
    let (kind, amount) = (spending.kind, spending.amount);
    let payer = payer(can);
    if payer != can.workspace() {
        let cap = store::caps(can, &mut *tx).await?.of(kind);
        let spent = store::add_to_month(can, tx, payer, (kind, amount)).await?;
        if let Some(cap) = cap.filter(|cap| spent > *cap) {
            let left = (cap - (spent - amount)).max(0);
            return Err(short(kind, left, " of this month's cap, which the admin workspace has set"));
        }
    }
    let balance = store::balance(&mut *tx, payer, kind).await?;
    if balance.is_some() && store::take(tx, payer, (kind, amount)).await? == 0 {
        return Err(short(kind, balance.unwrap_or(0), ""));
    }
    let left = balance.map(|balance| balance - amount);
    let entry = super::Entry {
        id: can.new_id(),
        kind,
        amount: -amount,
        balance: left,
        spent_in: Some(can.workspace()),
        memo: spending.memo.map(str::to_owned),
        timestamp_created: can.now(),
    };
    store::insert(tx, payer, &entry).await?;
    Ok(entry)
}

fn short(kind: Kind, left: i64, of: &str) -> Error {
    Error::NoCredit(format!("not enough credits of the kind `{}`: {left} left{of}", kind.name()))
}
