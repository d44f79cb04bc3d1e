//! Sending accounts that an invitation promises: they are assigned to the member when the person accepts it. Until then they
//! stay unassigned, and a caller who can assign accounts can give them to somebody else.
//!
//! On acceptance, the rights of the inviter are checked again. An account that they could no longer assign stays unassigned.

use super::store::{self, Promise};
use crate::access::{Asker, Caller, Permission, accounts as may};
use crate::db::{Json, Source, Tx};
use crate::error::{Error, Result};
use crate::resources::accounts::{self, Senders, address};
use crate::resources::members::WorkspaceMember;
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// Promises accounts in an invitation that has just been stored. The inviter needs the right to assign them.
pub async fn promise(can: &Caller, tx: &mut Tx, member: &WorkspaceMember, emails: &[String]) -> Result<()> {
    if emails.is_empty() {
        return Ok(());
    }
    can.also::<may::Assign>()?;
    if !Senders::of_member(can, &mut *tx, member.id).await?.sends() {
        return Err(Error::invalid("body/accounts must be empty: the role of the invitation does not send"));
    }
    let emails: Vec<String> = emails.iter().map(|email| address(email)).collect();
    let found: HashMap<String, Uuid> = store::assignable(can, tx, &emails).await?.into_iter().collect();
    for (index, email) in emails.iter().enumerate() {
        let unknown =
            || format!("body/accounts/{index} must be an unassigned sending account in this workspace");
        let account = found.get(email).ok_or_else(|| Error::Invalid(unknown()))?;
        store::insert_promise(can, tx, member.id, *account).await?;
    }
    Ok(())
}

/// Adds to pending invitations the accounts that they promise, as far as the caller sees them.
pub async fn show<'a>(
    can: &Caller,
    from: impl Into<Source<'a>>,
    members: &mut [WorkspaceMember],
) -> Result<()> {
    let pending: Vec<Uuid> = members.iter().filter(|one| !one.accepted).map(|one| one.id).collect();
    if pending.is_empty() || !can.may(may::Read::ACTION) {
        return Ok(());
    }
    for (member, email) in store::promised_to(can, from, &pending).await? {
        if let Some(member) = members.iter_mut().find(|one| one.id == member) {
            member.accounts.get_or_insert_default().push(email);
        }
    }
    Ok(())
}

/// What became of the promised accounts, for the audit row of the acceptance.
#[derive(Debug, Default, Serialize)]
pub struct Handed {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assigned_accounts: Vec<Uuid>,
    /// They were assigned to somebody else meanwhile, or the role no longer sends.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accounts_not_assigned: Vec<Uuid>,
    /// The inviter could no longer assign them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accounts_inviter_cannot_assign: Vec<Uuid>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    taken_off_campaigns: Vec<Uuid>,
}

/// Assigns the promised accounts, once the person is a member. The promise of a deleted account was deleted with it.
pub async fn hand_over(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<Handed> {
    let promises = store::take_promises(can, tx, member).await?;
    let mut handed = Handed::default();
    if promises.is_empty() {
        return Ok(handed);
    }
    let mut promised: Vec<Uuid> = promises.iter().map(|promise| promise.account).collect();
    promised.sort_unstable();
    let free = match Senders::of_member(can, &mut *tx, member).await?.sends() {
        true => accounts::unassigned(can, tx, &promised).await?,
        false => vec![],
    };
    handed.assigned_accounts = match inviter(can, tx, promises).await? {
        Some(inviter) if !free.is_empty() => accounts::assign_as(can, tx, &inviter, member, &free).await?,
        Some(_) | None => vec![],
    };
    handed.assigned_accounts.sort_unstable();
    for account in &handed.assigned_accounts {
        handed.taken_off_campaigns.extend(accounts::release_account(can, tx, *account).await?);
    }
    handed.taken_off_campaigns.sort_unstable();
    handed.taken_off_campaigns.dedup();
    promised.retain(|account| !handed.assigned_accounts.contains(account));
    let (inviter_cannot, not_assigned) = promised.into_iter().partition(|account| free.contains(account));
    Ok(Handed {
        accounts_inviter_cannot_assign: inviter_cannot,
        accounts_not_assigned: not_assigned,
        ..handed
    })
}

/// The inviter with their rights as they are now, if they can still assign accounts. One call made all promises.
async fn inviter(can: &Caller, tx: &mut Tx, promises: Vec<Promise>) -> Result<Option<Caller>> {
    let asker: Option<Asker> = promises.into_iter().find_map(|promise| promise.by).map(|Json(asker)| asker);
    match asker {
        Some(asker) => can.asked_by::<may::Assign>(&asker, tx).await,
        None => Ok(None),
    }
}
