//! Sending accounts that an invitation hands over: they become the member's when the person accepts it. Until then they
//! stay unassigned. A caller who may assign accounts can give them to somebody else; then the invitation loses them.

use super::WorkspaceMember;
use crate::access::{Caller, Permission, accounts};
use crate::db::{Source, Tx, sql};
use crate::error::{Error, Result};
use crate::resources::accounts::{self as senders, Senders, address};
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// For an invitation that has just been stored. The inviter needs the right to assign these accounts.
pub async fn promise(can: &Caller, tx: &mut Tx, member: &WorkspaceMember, emails: &[String]) -> Result<()> {
    if emails.is_empty() {
        return Ok(());
    }
    can.also::<accounts::Assign>()?;
    if !Senders::of_member(can, &mut *tx, member.id).await?.sends() {
        return Err(Error::invalid("body/accounts must be empty: the role of the invitation does not send"));
    }
    let emails: Vec<String> = emails.iter().map(|email| address(email)).collect();
    let found: Vec<(String, Uuid)> = sql("select a.email, a.id from accounts a \
         where a.email in ({emails}) and a.assigned_to is null and {within} and {visible}")
    .fill_list("{emails}", &emails)
    .fill("{within}", can.reaches::<accounts::Assign>(&senders::SHAPE))
    .fill("{visible}", can.sees::<accounts::Read>(&senders::SHAPE))
    .all(&mut *tx)
    .await?;
    let found: HashMap<String, Uuid> = found.into_iter().collect();
    for (index, email) in emails.iter().enumerate() {
        let unknown =
            || format!("body/accounts/{index} must be an unassigned sending account in this workspace");
        let account = found.get(email).ok_or_else(|| Error::Invalid(unknown()))?;
        sql("insert into invitation_accounts (workspace_id, member_id, account_id) values ($1, $2, $3) \
             on conflict (workspace_id, member_id, account_id) do nothing")
        .bind(can.workspace())
        .bind(member.id)
        .bind(*account)
        .run(&mut *tx)
        .await?;
    }
    Ok(())
}

/// Adds to pending invitations what they hand over, as far as the caller sees it.
pub async fn show<'a>(
    can: &Caller,
    from: impl Into<Source<'a>>,
    members: &mut [WorkspaceMember],
) -> Result<()> {
    let pending: Vec<Uuid> = members.iter().filter(|one| !one.accepted).map(|one| one.id).collect();
    if pending.is_empty() || !can.may(accounts::Read::ACTION) {
        return Ok(());
    }
    let found: Vec<(Uuid, String)> = sql("select i.member_id, a.email from invitation_accounts i \
         join accounts a on a.workspace_id = i.workspace_id and a.id = i.account_id \
         where i.workspace_id = $1 and i.member_id in ({ids}) and a.assigned_to is null and {visible} order by a.email")
    .bind(can.workspace())
    .fill_list("{ids}", &pending)
    .fill("{visible}", can.sees::<accounts::Read>(&senders::SHAPE))
    .all(from)
    .await?;
    for (member, email) in found {
        if let Some(member) = members.iter_mut().find(|one| one.id == member) {
            member.accounts.get_or_insert_default().push(email);
        }
    }
    Ok(())
}

/// What became of the accounts, for the audit row of the acceptance.
#[derive(Debug, Default, Serialize)]
pub struct Handed {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assigned_accounts: Vec<Uuid>,
    /// Assigned to somebody else meanwhile; or the role no longer sends.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    accounts_not_assigned: Vec<Uuid>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    taken_off_campaigns: Vec<Uuid>,
}

/// Once the person is a member. A deleted account has left the invitation with its row.
pub async fn hand_over(can: &Caller, tx: &mut Tx, member: Uuid) -> Result<Handed> {
    let mut promised: Vec<Uuid> =
        sql("delete from invitation_accounts where workspace_id = $1 and member_id = $2 \
         returning account_id")
        .bind(can.workspace())
        .bind(member)
        .all(&mut *tx)
        .await?;
    if promised.is_empty() {
        return Ok(Handed::default());
    }
    promised.sort_unstable();
    let mut assigned: Vec<Uuid> = match Senders::of_member(can, &mut *tx, member).await?.sends() {
        true => assign(can, tx, member, &promised).await?,
        false => vec![],
    };
    assigned.sort_unstable();
    let mut left = Vec::new();
    for account in &assigned {
        left.extend(senders::release_account(can, tx, *account).await?);
    }
    left.sort_unstable();
    left.dedup();
    promised.retain(|account| !assigned.contains(account));
    Ok(Handed { assigned_accounts: assigned, accounts_not_assigned: promised, taken_off_campaigns: left })
}

async fn assign(can: &Caller, tx: &mut Tx, member: Uuid, accounts: &[Uuid]) -> Result<Vec<Uuid>> {
    sql("update accounts set assigned_to = $2, modified_by = $3, timestamp_updated = $4 \
         where workspace_id = $1 and assigned_to is null and id in ({ids}) returning id")
    .bind(can.workspace())
    .bind(member)
    .bind(can.user())
    .bind(can.now())
    .fill_list("{ids}", accounts)
    .all(tx)
    .await
}
