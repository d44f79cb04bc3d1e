//! What the caller's workspace can spend now.

use super::spend::short;
use super::{Kind, payer, store};
use crate::access::Caller;
use crate::db::Source;
use crate::error::Result;

/// None for no limit, because nothing is counted before the first grant.
pub async fn available(can: &Caller, from: impl Into<Source<'_>>, kind: Kind) -> Result<Option<i64>> {
    let (mut from, payer) = (from.into(), payer(can));
    let balance = store::balance(from.again(), payer, kind).await?;
    let cap = store::caps(can, from.again()).await?.of(kind);
    let spent = match cap {
        Some(_) => store::spent(can, from.again(), payer, kind).await?,
        None => 0,
    };
    Ok(least(balance, cap, spent))
}

/// What the balance and the cap of the month leave.
pub(super) fn least(balance: Option<i64>, cap: Option<i64>, spent: i64) -> Option<i64> {
    balance.into_iter().chain(cap.map(|cap| (cap - spent).max(0))).min()
}

/// Refuses a caller whose workspace can spend nothing, before work that would cost credits.
pub async fn require_some(can: &Caller, from: impl Into<Source<'_>>, kind: Kind) -> Result<()> {
    match available(can, from, kind).await? {
        Some(left) if left <= 0 => Err(short(kind, 0, "")),
        Some(_) | None => Ok(()),
    }
}
