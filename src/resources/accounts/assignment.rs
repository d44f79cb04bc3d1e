//! To whom sending accounts are assigned: each to at most one member. When a member loses an account, their campaigns
//! lose it in the same transaction.

use super::{Account, Senders, store, subject};
use crate::access::{Caller, Can, Permission, accounts::Assign};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::resources::members::{is_self, named};
use serde::Serialize;
use uuid::Uuid;

/// The member that a body names, or none to unassign. The caller needs the right to assign.
pub async fn member(can: &Caller, tx: &mut Tx, wanted: Option<&str>) -> Result<Option<Uuid>> {
    can.also::<Assign>()?;
    match wanted {
        Some(who) => sending(can, tx, who).await.map(Some),
        None => Ok(None),
    }
}

/// The member that a body names. Their role must be able to send.
pub async fn sending(can: &Caller, tx: &mut Tx, who: &str) -> Result<Uuid> {
    let member = named(can, tx, "assigned_to", who).await?.member;
    match Senders::of_member(can, tx, member).await?.sends() {
        true => Ok(member),
        false => Err(Error::invalid("body/assigned_to must be a member whose role can send")),
    }
}

/// The member to whom a new account is assigned. Everybody can name themselves.
pub async fn of_new<P: Permission>(can: &Can<P>, tx: &mut Tx, wanted: Option<&str>) -> Result<Option<Uuid>> {
    match (wanted, can.also::<Assign>()) {
        (Some(who), Err(_)) if is_self(can, who) => Ok(can.member()),
        (Some(who), _) => member(can, tx, Some(who)).await,
        (None, Ok(())) => Ok(None),
        (None, Err(_)) => Ok(can.member()),
    }
}

/// The change of an account. The audit row also names the campaigns that lost it.
pub fn change(before: &Account, after: Account, left: Vec<Uuid>) -> Change<Account> {
    let left = LeftBehind { taken_off_campaigns: left, ..LeftBehind::default() };
    Change::updated(subject(before), before, after).with(left)
}

/// Takes an account that changed hands off the campaigns whose owner can no longer use it. Returns those campaigns.
pub async fn released(can: &Caller, tx: &mut Tx, before: &Account, after: &Account) -> Result<Vec<Uuid>> {
    match after.assigned_to == before.assigned_to {
        true => Ok(vec![]),
        false => release_account(can, tx, after.id).await,
    }
}

/// Accounts that are unassigned now, and campaigns that lost accounts.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LeftBehind {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unassigned_accounts: Vec<Uuid>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taken_off_campaigns: Vec<Uuid>,
}

/// Unassigns the accounts of a member who leaves. Only that member's campaigns could use them. Call this while the member
/// still exists, and [`settle`] afterwards.
pub async fn unassign(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<Vec<Uuid>> {
    let accounts = store::assigned(can, tx, member).await?;
    store::unassign(can, tx, member).await?;
    Ok(accounts)
}

/// Takes what a user can no longer use off their campaigns, after their rights changed. Returns those campaigns.
pub async fn settle(can: &Caller, tx: &mut Tx, user: Uuid) -> Result<Vec<Uuid>> {
    settle_owner(can, tx, Some(user)).await
}

/// The same, also for the campaigns without an owner.
pub async fn settle_owner(can: &Caller, tx: &mut Tx, owner: Option<Uuid>) -> Result<Vec<Uuid>> {
    release(can, tx, owner, None).await
}

/// Takes an account off all campaigns whose owner can no longer use it. Returns those campaigns.
pub async fn release_account(can: &Caller, tx: &mut Tx, account: Uuid) -> Result<Vec<Uuid>> {
    let mut left = Vec::new();
    for owner in store::campaign_owners(can, tx, account).await? {
        left.extend(release(can, tx, owner, Some(account)).await?);
    }
    left.sort_unstable();
    Ok(left)
}

/// Takes the accounts that an owner cannot use off their campaigns: all of these accounts, or only `account`. `None` stands
/// for the campaigns without an owner.
async fn release(can: &Caller, tx: &mut Tx, owner: Option<Uuid>, account: Option<Uuid>) -> Result<Vec<Uuid>> {
    // Most workspaces have no senders. Asking first avoids conflicts with transactions that write campaigns.
    if !store::has_senders(can, tx).await? {
        return Ok(vec![]);
    }
    let senders = Senders::of(can, &mut *tx, owner).await?;
    let mut campaigns = store::release(can, tx, &senders, owner, account).await?;
    campaigns.sort_unstable();
    campaigns.dedup();
    Ok(campaigns)
}
