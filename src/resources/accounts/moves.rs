//! Moves one account to another workspace. The two callers stand for the two workspaces.

use super::connection::Connection;
use super::{Account, store};
use crate::access::Caller;
use crate::db::Tx;
use crate::error::Result;

pub const NOT_THERE: &str = "the source workspace has no such account";
pub const TAKEN: &str = "the destination workspace has an account with this address";

/// Moves the whole account and what it has sent, or returns why it stays. Its member, tags and campaigns stay behind.
pub async fn move_one(
    source: &Caller,
    destination: &Caller,
    tx: &mut Tx,
    email: &str,
) -> Result<Result<(), &'static str>> {
    let Some((account, sealed)) = store::with_sealed(source, tx, email).await? else {
        return Ok(Err(NOT_THERE));
    };
    if store::taken(destination, tx, email).await? {
        return Ok(Err(TAKEN));
    }
    // Each workspace seals with a key of its own.
    let connection = Connection::open(source.app(), source.workspace(), account.id, &sealed)?;
    let moved = Account {
        organization: destination.workspace(),
        timestamp_updated: destination.now(),
        added_by: None,
        modified_by: None,
        assigned_to: None,
        sealed: Some(connection.sealed(destination.app(), destination.workspace(), account.id)?),
        ..account
    };
    destination.insert(tx, &moved).await?;
    store::copy_days(source, destination, tx, moved.id).await?;
    store::delete(source, tx, moved.id).await?;
    Ok(Ok(()))
}
