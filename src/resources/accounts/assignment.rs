//! Whose an account is: at most one member's. Whoever loses it loses it in their campaigns too, in the same
//! transaction.

use super::{Account, SHAPE, Senders, store};
use crate::access::{
    Caller, Can, Permission,
    accounts::{Assign, Read},
};
use crate::audit::{Change, Subject};
use crate::db::{Tx, sql};
use crate::error::{Error, Result};
use crate::resources::members::{is_self, named};
use serde::Serialize;
use uuid::Uuid;

/// The member that a body names.
pub async fn member(can: &Caller, tx: &mut Tx, wanted: Option<&str>) -> Result<Option<Uuid>> {
    can.also::<Assign>()?;
    match wanted {
        Some(who) => sending(can, tx, who).await.map(Some),
        None => Ok(None),
    }
}

/// There, and with a role that sends at all.
async fn sending(can: &Caller, tx: &mut Tx, who: &str) -> Result<Uuid> {
    let member = named(can, tx, "assigned_to", who).await?.member;
    match Senders::of_member(can, tx, member).await?.sends() {
        true => Ok(member),
        false => Err(Error::invalid(
            "body/assigned_to must be a member who may send; the role of this one may not",
        )),
    }
}

/// For `POST /api/v1/account/assign`, to a member by address.
pub async fn assign(can: Can<Assign>, email: String, to: Option<String>) -> Result<Account> {
    let assigned = can.write(async move |can, tx| {
        let before = store::named(can, &mut *tx, "account_email", &email).await?;
        let member = match &to {
            None => None,
            Some(who) => Some(sending(can, tx, who).await?),
        };
        if member == before.assigned_to {
            return Ok(change(&before, before.clone(), vec![]));
        }
        let by = (can.user(), can.now());
        let after =
            Account { assigned_to: member, modified_by: by.0, timestamp_updated: by.1, ..before.clone() };
        store::update(can, tx, &after).await?;
        let left = moved(can, tx, &before, &after).await?;
        Ok(change(&before, after, left))
    });
    assigned.await
}

/// What is recorded of a changed account: also which campaigns lost it.
pub fn change(before: &Account, after: Account, left: Vec<Uuid>) -> Change<Account> {
    let left = LeftBehind { taken_off_campaigns: left, ..LeftBehind::default() };
    Change::updated(Subject::new("account", before.id), before, after).with(left)
}

/// An account that changed hands is taken off the campaigns whose owner may no longer use it; which those are.
pub async fn moved(can: &Caller, tx: &mut Tx, before: &Account, after: &Account) -> Result<Vec<Uuid>> {
    match after.assigned_to == before.assigned_to {
        true => Ok(vec![]),
        false => release_account(can, tx, after.id).await,
    }
}

/// What is left behind: accounts that are nobody's now, and campaigns that lost accounts.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct LeftBehind {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unassigned_accounts: Vec<Uuid>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taken_off_campaigns: Vec<Uuid>,
}

/// A member goes, and his accounts are nobody's; nobody else's campaigns could use them. To be called before the
/// member is gone; [`settle`] comes after.
pub async fn unassign(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<Vec<Uuid>> {
    let accounts = sql("select id from accounts where workspace_id = $1 and assigned_to = $2 order by id")
        .bind(can.workspace())
        .bind(member)
        .all(&mut *tx)
        .await?;
    sql("update accounts set assigned_to = null, modified_by = $3, timestamp_updated = $4 \
         where workspace_id = $1 and assigned_to = $2")
    .bind(can.workspace())
    .bind(member)
    .bind(can.user())
    .bind(can.now())
    .run(tx)
    .await?;
    Ok(accounts)
}

/// Once the rights of a user are as they will be: his campaigns lose what he may no longer use; which those are.
pub async fn settle(can: &Caller, tx: &mut Tx, user: Uuid) -> Result<Vec<Uuid>> {
    release(can, tx, Some(user), None).await
}

/// An account is taken off all campaigns whose owner may not use it any more.
pub async fn release_account(can: &Caller, tx: &mut Tx, account: Uuid) -> Result<Vec<Uuid>> {
    let owners: Vec<Option<Uuid>> =
        sql("select distinct c.owned_by from campaign_senders s join campaigns c \
         on c.workspace_id = s.workspace_id and c.id = s.campaign_id \
         where s.workspace_id = $1 and s.account_id = $2")
        .bind(can.workspace())
        .bind(account)
        .all(&mut *tx)
        .await?;
    let mut left = Vec::new();
    for owner in owners {
        left.extend(release(can, tx, owner, Some(account)).await?);
    }
    left.sort_unstable();
    Ok(left)
}

/// Of one owner's campaigns, or of those that nobody owns: what he may not use goes, or one account if he may not use
/// that. Which campaigns lose something.
async fn release(can: &Caller, tx: &mut Tx, owner: Option<Uuid>, account: Option<Uuid>) -> Result<Vec<Uuid>> {
    // Most have none to lose; asked first, it does not clash with whoever writes campaigns meanwhile.
    let any =
        sql("select account_id from campaign_senders where workspace_id = $1 limit 1").bind(can.workspace());
    if any.optional::<Uuid>(&mut *tx).await?.is_none() {
        return Ok(vec![]);
    }
    let senders = Senders::of(can, tx, owner).await?;
    let mut campaigns: Vec<Uuid> = sql("delete from campaign_senders where workspace_id = $1 and campaign_id in \
         (select c.id from campaigns c where c.workspace_id = $1 \
         and (c.owned_by = $2 or (c.owned_by is null and $3))) \
         and account_id in (select a.id from accounts a where a.workspace_id = $1 and not {usable} {filters}) \
         returning campaign_id")
    .bind(can.workspace())
    .bind(owner)
    .bind(owner.is_none())
    .fill("{usable}", senders.usable())
    .fill("{filters}", |out| {
        out.given(account, " and a.id = ", "");
    })
    .all(tx)
    .await?;
    campaigns.sort_unstable();
    campaigns.dedup();
    Ok(campaigns)
}

/// Whose a new account is.
pub async fn first<P: Permission>(can: &Can<P>, tx: &mut Tx, wanted: Option<&str>) -> Result<Option<Uuid>> {
    match (wanted, can.also::<Assign>()) {
        // Everybody may name themselves.
        (Some(who), Err(_)) if is_self(can, who) => Ok(can.member()),
        (Some(who), _) => member(can, tx, Some(who)).await,
        (None, Ok(())) => Ok(None),
        (None, Err(_)) => Ok(can.member()),
    }
}

/// Which of these accounts are unassigned.
pub async fn unassigned(can: &Caller, tx: &mut Tx, accounts: &[Uuid]) -> Result<Vec<Uuid>> {
    sql("select id from accounts where workspace_id = $1 and assigned_to is null and id in ({ids}) order by id")
        .bind(can.workspace())
        .fill_list("{ids}", accounts)
        .all(tx)
        .await
}

/// Assigns unassigned accounts to a member, as far as another caller can assign them. It returns those that it assigned.
pub async fn assign_as(
    can: &Caller,
    tx: &mut Tx,
    by: &Caller,
    member: Uuid,
    accounts: &[Uuid],
) -> Result<Vec<Uuid>> {
    sql("update accounts set assigned_to = $2, modified_by = $3, timestamp_updated = $4 \
         where workspace_id = $1 and assigned_to is null and id in (select a.id from accounts a \
         where a.id in ({ids}) and {within} and {visible}) returning id")
    .bind(can.workspace())
    .bind(member)
    .bind(can.user())
    .bind(can.now())
    .fill_list("{ids}", accounts)
    .fill("{within}", by.reaches::<Assign>(&SHAPE))
    .fill("{visible}", by.sees::<Read>(&SHAPE))
    .all(tx)
    .await
}
