//! Whose an account is: at most one member's. Whoever loses it loses it in their campaigns too, in the same
//! transaction.

use super::{Account, Senders, store};
use crate::access::{Caller, Can, Permission, accounts::Assign};
use crate::audit::{Change, Subject};
use crate::db::{Tx, sql};
use crate::error::{Error, Result};
use crate::resources::workspace_members::store as members;
use serde::Serialize;
use uuid::Uuid;

/// The member that a body names by member or user id.
pub async fn member(can: &Caller, tx: &mut Tx, wanted: Option<Uuid>) -> Result<Option<Uuid>> {
    can.also::<Assign>()?;
    let Some(id) = wanted else { return Ok(None) };
    match members::accepted_by_id(can, tx, id).await? {
        Some(member) => Ok(Some(member)),
        None => Err(Error::invalid("body/assigned_to must be an accepted member of the workspace")),
    }
}

/// For `POST /api/v1/account/assign`.
pub async fn assign(can: Can<Assign>, email: String, to: Option<String>) -> Result<Account> {
    let assigned = can.write(async move |can, tx| {
        let before = store::named(can, &mut *tx, "account_email", &email).await?;
        let member = match &to {
            None => None,
            Some(email) => {
                let address = crate::resources::workspace_members::address(email);
                let found = members::accepted_by_email(can, &mut *tx, &address).await?;
                let unknown =
                    || Error::invalid("body/assigned_to must be an accepted member of the workspace");
                Some(found.ok_or_else(unknown)?)
            }
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
        false => release(can, tx, &[after.id]).await,
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

/// A member goes, and his accounts are nobody's. To be called before the member is gone; see [`settle`].
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

/// Once the rights of a user are as they will be: his campaigns lose what he may no longer use. `unassigned` are the
/// accounts that he had.
pub async fn settle(can: &Caller, tx: &mut Tx, user: Uuid, unassigned: Vec<Uuid>) -> Result<LeftBehind> {
    let used: Vec<Uuid> = sql("select distinct s.account_id from campaign_senders s join campaigns c \
         on c.workspace_id = s.workspace_id and c.id = s.campaign_id where s.workspace_id = $1 and c.owned_by = $2")
    .bind(can.workspace())
    .bind(user)
    .all(&mut *tx)
    .await?;
    let accounts = [used, unassigned.clone()].concat();
    let taken_off_campaigns = match accounts.is_empty() {
        true => vec![],
        false => release(can, tx, &accounts).await?,
    };
    Ok(LeftBehind { unassigned_accounts: unassigned, taken_off_campaigns })
}

async fn release(can: &Caller, tx: &mut Tx, accounts: &[Uuid]) -> Result<Vec<Uuid>> {
    let owners: Vec<Option<Uuid>> =
        sql("select distinct c.owned_by from campaign_senders s join campaigns c \
         on c.workspace_id = s.workspace_id and c.id = s.campaign_id \
         where s.workspace_id = $1 and s.account_id in ({ids})")
        .bind(can.workspace())
        .fill_list("{ids}", accounts)
        .all(&mut *tx)
        .await?;
    let mut left = Vec::new();
    for owner in owners {
        let senders = Senders::of(can, tx, owner).await?;
        let lost: Vec<(Uuid, Uuid)> = sql("select s.campaign_id, s.account_id from campaign_senders s \
             join campaigns c on c.workspace_id = s.workspace_id and c.id = s.campaign_id \
             join accounts a on a.workspace_id = s.workspace_id and a.id = s.account_id \
             where s.workspace_id = $1 and s.account_id in ({ids}) \
             and (c.owned_by = $2 or (c.owned_by is null and $3)) and not {usable}")
        .bind(can.workspace())
        .bind(owner)
        .bind(owner.is_none())
        .fill_list("{ids}", accounts)
        .fill("{usable}", senders.usable())
        .all(&mut *tx)
        .await?;
        let (campaigns, accounts): (Vec<_>, Vec<_>) = lost.into_iter().unzip();
        sql("delete from campaign_senders where workspace_id = $1 and campaign_id in ({campaigns}) \
             and account_id in ({ids})")
        .bind(can.workspace())
        .fill_list("{campaigns}", &campaigns)
        .fill_list("{ids}", &accounts)
        .run(&mut *tx)
        .await?;
        left.extend(campaigns);
    }
    left.sort_unstable();
    left.dedup();
    Ok(left)
}

/// Whose a new account is.
pub async fn first<P: Permission>(can: &Can<P>, tx: &mut Tx, wanted: Option<Uuid>) -> Result<Option<Uuid>> {
    match (wanted, can.also::<Assign>()) {
        // One's own, whoever one is.
        (Some(id), Err(_)) if Some(id) == can.member() || Some(id) == can.user() => Ok(can.member()),
        (Some(id), _) => member(can, tx, Some(id)).await,
        (None, Ok(())) => Ok(None),
        (None, Err(_)) => Ok(can.member()),
    }
}
