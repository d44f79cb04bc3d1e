//! Lists the ledger.

use super::{Entry, Which, payer, store};
use crate::access::{Can, credits::Read};
use crate::error::Result;
use crate::http::Page;

pub async fn entries(can: &Can<Read>, which: &Which) -> Result<Page<Entry>> {
    let entries = ledger(can, which).await?;
    Ok(Page::new(entries, which.paging.limit(), |entry: &Entry| entry.id))
}

/// The entries of a page. A sub-workspace sees what was spent in it, but not what its admin workspace has left.
pub async fn ledger(can: &Can<Read>, which: &Which) -> Result<Vec<Entry>> {
    let payer = payer(can);
    let spent_in = (payer != can.workspace()).then(|| can.workspace());
    let ledger = store::Ledger { payer, spent_in, kind: which.kind };
    let mut entries = store::entries(can, &which.paging, &ledger).await?;
    if spent_in.is_some() {
        entries.iter_mut().for_each(|entry| entry.balance = None);
    }
    Ok(entries)
}
