//! The status machine: what may be launched and paused, and what a launch needs.

use super::seen::sees_senders;
use super::{ACTIVE, COMPLETED, Campaign, DRAFT, PAUSED, SUSPENDED};
use crate::access::Caller;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::resources::accounts::Senders;

/// The campaign as it is once active; unchanged where it is active already.
pub async fn activated(can: &Caller, tx: &mut Tx, before: &Campaign) -> Result<Campaign> {
    if before.status == ACTIVE {
        return Ok(before.clone());
    }
    if before.status == SUSPENDED {
        return Err(Error::invalid("the campaign cannot be activated: its sending accounts are suspended"));
    }
    let mut missing = Vec::new();
    let steps = before.settings.sequences.read()?.first().map_or(0, |sequence| sequence.steps.len());
    if steps == 0 {
        missing.push("at least one step in `sequences`");
    }
    let senders = Senders::of(can, tx, before.owned_by).await?;
    if let Some(address) = senders.lost(can, tx, before.id).await?.pop() {
        let which = if sees_senders(can) { format!("`{address}`") } else { "an address".to_owned() };
        return Err(Error::invalid(format!(
            "the campaign cannot be activated: its owner may not use {which} of `email_list`; take it off, or assign it"
        )));
    }
    if !senders.any(can, tx, before.id, &before.settings.email_tag_list).await? {
        missing
            .push("at least one sending account in `email_list` or `email_tag_list` that its owner may use");
    }
    match missing.is_empty() {
        true => Ok(with_status(can, before, ACTIVE)),
        false => Err(Error::invalid(format!(
            "the campaign cannot be activated: it needs {}",
            missing.join(", and ")
        ))),
    }
}

/// The campaign as it is once paused; unchanged where it does not run.
pub fn paused(can: &Caller, before: &Campaign) -> Campaign {
    match before.status {
        DRAFT | PAUSED | COMPLETED | SUSPENDED => before.clone(),
        _ => with_status(can, before, PAUSED),
    }
}

fn with_status(can: &Caller, before: &Campaign, status: i64) -> Campaign {
    Campaign { status, timestamp_updated: can.now(), ..before.clone() }
}
