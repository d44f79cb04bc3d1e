//! Assigns a sending account to a member, or takes it back.

use super::assignment::{change, released, sending};
use super::{Account, store};
use crate::access::{Can, accounts::Assign};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::Result;
use crate::http::address;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, extend("required" = ["account_email", "assigned_to"]))]
pub struct Assignment {
    #[schemars(length(max = 254))]
    account_email: String,
    /// The address of a member; null takes the account back.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schemars(length(max = 254))]
    assigned_to: Option<String>,
}

#[derive(Serialize, JsonSchema)]
pub struct Assigned {
    account_email: String,
    assigned_to: Option<String>,
    /// The member's id.
    member_id: Option<Uuid>,
}

pub async fn assign(can: Can<Assign>, wanted: Assignment) -> Result<Assigned> {
    let to = wanted.assigned_to.as_deref().map(address);
    let account = assign_to(can, wanted.account_email, to.clone()).await?;
    Ok(Assigned { account_email: account.email, assigned_to: to, member_id: account.assigned_to })
}

/// `to` is the member, by member id, user id or address. None takes the account back.
pub async fn assign_to(can: Can<Assign>, email: String, to: Option<String>) -> Result<Account> {
    can.write(async move |can, tx| assign_part(can, tx, &email, to.as_deref()).await).await
}

/// The change in a transaction that the caller has begun.
pub async fn assign_part(
    can: &Can<Assign>,
    tx: &mut Tx,
    email: &str,
    to: Option<&str>,
) -> Result<Change<Account>> {
    let before = store::named(can, &mut *tx, "account_email", email).await?;
    let member = match to {
        None => None,
        Some(who) => Some(sending(can, tx, who).await?),
    };
    if member == before.assigned_to {
        return Ok(change(&before, before.clone(), vec![]));
    }
    let by = (can.user(), can.now());
    let after = Account { assigned_to: member, modified_by: by.0, timestamp_updated: by.1, ..before.clone() };
    can.update(tx, &after).await?;
    let left = released(can, tx, &before, &after).await?;
    Ok(change(&before, after, left))
}
