//! Deletes a sending account. First its campaigns lose it, in steps.

use super::{Account, address, store, subject};
use crate::access::{Can, STEP, accounts::Delete, one_more_step};
use crate::audit::Change;
use crate::error::Result;
use std::ops::ControlFlow::Break;

pub async fn remove(can: Can<Delete>, email: String) -> Result<Account> {
    can.write_in_steps((), async move |can, tx, ()| {
        let account: Account = can.find(&mut *tx, address(&email)).await?;
        let campaigns = store::take_off_some(can, tx, account.id).await?;
        if campaigns == STEP {
            return Ok(one_more_step(subject(&account), "campaigns"));
        }
        store::delete(can, tx, account.id).await?;
        Ok(Break(Change::deleted(subject(&account), account).affecting(1 + campaigns as usize)))
    })
    .await
}
