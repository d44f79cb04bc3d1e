//! What the sending of campaigns needs of an account.

use super::connection::Connection;
use super::{ACTIVE, Account, store, subject};
use crate::access::{Caller, Can, accounts::Use};
use crate::audit::{ACCOUNT_FAILED, Change};
use crate::db::Source;
use crate::error::{Error, Result};
use crate::net::Server;
use crate::resources::events::{self, Event, Kind};
use serde_json::{Value, json};
use uuid::Uuid;

/// The mail server through which an account sends, with its password.
pub async fn server(can: &Caller, from: impl Into<Source<'_>>, id: Uuid) -> Result<Option<Server>> {
    let Some(sealed) = store::sealed(can, from, id).await? else { return Ok(None) };
    let connection = Connection::open(can.app(), can.workspace(), id, &sealed)?;
    Ok(Some(connection.smtp()))
}

/// An account cannot send. It stays out of use until somebody marks it as fixed. `can` is the server's own proof. An
/// account that is not active any more stays as it is.
pub async fn account_failed(can: Can<Use>, id: Uuid, status: i64, message: Value) -> Result<()> {
    let written = can.write(async move |can, tx| {
        let before: Account = can.own(&mut *tx, id).await?.ok_or(Error::NotFound)?;
        let mut after = before.clone();
        if before.status == ACTIVE {
            after.status = status;
            after.status_message = Some(message.clone());
            after.timestamp_updated = can.now();
            can.update(tx, &after).await?;
            events::record(can, tx, Event::new(Kind::AccountError).of_account(id)).await?;
        }
        let facts = [&before, &after].map(|account| {
            json!({ "email": account.email, "status": account.status, "status_message": account.status_message })
        });
        let [before_facts, after_facts] = facts;
        let change = Change::new(subject(&before), before_facts, after_facts, ());
        Ok(change.numbered(ACCOUNT_FAILED))
    });
    written.await
}
