//! Lists the ledger.

use super::{Entry, Which, payer, store};
use crate::access::{Can, credits::Read};
use crate::error::Result;
use crate::http::Page;

/// A sub-workspace sees what was spent in it, but not what its admin workspace has left.
pub async fn entries(can: &Can<Read>, which: &Which) -> Result<Page<Entry>> {
    let payer = payer(can);
    let spent_in = (payer != can.workspace()).then(|| can.workspace());
    let ledger = store::Ledger { payer, spent_in, kind: which.kind };
    let mut entries = store::entries(can, &which.paging, &ledger).await?;
    if spent_in.is_some() {
        entries.iter_mut().for_each(|entry| entry.balance = None);
    }
    Ok(Page::new(entries, which.paging.limit(), |entry: &Entry| entry.id))
}
