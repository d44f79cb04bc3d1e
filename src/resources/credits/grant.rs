//! The operator grants credits to a workspace.

use super::{Entry, Kind, store};
use crate::access::{Can, workspaces::Update};
use crate::audit::{Change, Subject};
use crate::error::{Error, Result};
use serde_json::json;

/// The most credits of one grant.
const MOST: i64 = 1_000_000_000;

pub struct Grant {
    pub kind: Kind,
    pub amount: i64,
    /// The purpose. The members of the workspace read it.
    pub memo: Option<String>,
}

/// Only the operator calls this.
pub async fn grant(can: Can<Update>, grant: Grant) -> Result<()> {
    let Grant { kind, amount, memo } = grant;
    if !(1..=MOST).contains(&amount) {
        return Err(Error::invalid("--amount must be 1 to 1,000,000,000"));
    }
    if memo.as_ref().is_some_and(|memo| memo.chars().count() > 200 || memo.contains('\0')) {
        return Err(Error::invalid("--memo must have at most 200 characters"));
    }
    can.write(async move |can, tx| {
        store::grant(can, tx, kind, amount).await?;
        let balance = store::balance(&mut *tx, can.workspace(), kind).await?;
        let (id, timestamp_created) = (can.new_id(), can.now());
        let entry =
            Entry { id, kind, amount, balance, spent_in: None, memo: memo.clone(), timestamp_created };
        store::insert(tx, can.workspace(), &entry).await?;
        let facts = json!({ "kind": kind, "granted": amount, "memo": memo });
        Ok(Change::new(Subject::new("credit_entry", id), (), facts, ()))
    })
    .await
}
