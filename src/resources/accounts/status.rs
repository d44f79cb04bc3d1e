//! The status of one sending account. A change to the status that it has changes nothing.

use super::{ACTIVE, Account, address, subject};
use crate::access::{Can, Permission};
use crate::audit::Change;
use crate::error::Result;
use crate::resources::runs;

pub async fn change_status<P: Permission>(can: Can<P>, email: String, to: fn(i64) -> i64) -> Result<Account> {
    can.write(async move |can, tx| {
        let before: Account = can.find(&mut *tx, address(&email)).await?;
        let status = to(before.status);
        if status == before.status {
            return Ok(Change::updated(subject(&before), &before, before.clone()));
        }
        let status_message = before.status_message.clone().filter(|_| status != ACTIVE);
        let (modified_by, timestamp_updated) = (can.user(), can.now());
        let after = Account { status, status_message, modified_by, timestamp_updated, ..before.clone() };
        can.update(tx, &after).await?;
        if status == ACTIVE {
            runs::wake_accounts(can, tx, &[after.id]).await?;
        }
        Ok(Change::updated(subject(&before), &before, after))
    })
    .await
}
