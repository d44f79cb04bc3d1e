//! Launches a campaign. It needs a step, and a sending account that its owner can use.

use super::seen::sees_senders;
use super::{ACTIVE, Campaign, SUSPENDED, store, subject};
use crate::access::{Caller, Can, Seen, campaigns::Launch};
use crate::audit::{Change, Recorded};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::resources::accounts::{self, Senders};
use crate::resources::runs;
use uuid::Uuid;

/// An active campaign stays as it is.
pub async fn launch(can: Can<Launch>, id: Uuid) -> Result<Seen<Campaign>> {
    can.write(async move |can, tx| {
        let before: Campaign = can.find(&mut *tx, id).await?;
        let after = activated(can, tx, &before).await?;
        store::update(can, tx, &before, &after).await?;
        // An active campaign of an earlier version was never launched as one that sends.
        if after.status != before.status || !runs::is_launched(can, tx, id).await? {
            runs::launched(can, tx, id, &after.settings.email_tag_list).await?;
        }
        let accounts_not_connected = accounts::not_connected(can, tx, id).await?;
        let answer = Campaign { accounts_not_connected, ..after.clone() };
        Ok(Change::new(subject(&before), before.recorded(), after.recorded(), answer))
    })
    .await
}

async fn activated(can: &Caller, tx: &mut Tx, before: &Campaign) -> Result<Campaign> {
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
    let senders = Senders::of(can, &mut *tx, before.owned_by).await?;
    if let Some(address) = senders.lost(can, tx, before.id).await?.pop() {
        let which = if sees_senders(can) { format!("`{address}`") } else { "an address".to_owned() };
        return Err(Error::invalid(format!(
            "the campaign cannot be activated: its owner cannot use {which} of `email_list`; take it off, or assign it"
        )));
    }
    if !senders.any(can, tx, before.id, &before.settings.email_tag_list).await? {
        missing
            .push("at least one sending account in `email_list` or `email_tag_list` that its owner can use");
    }
    if !missing.is_empty() {
        let missing = missing.join(", and ");
        return Err(Error::invalid(format!("the campaign cannot be activated: it needs {missing}")));
    }
    Ok(before.with_status(can, ACTIVE))
}
