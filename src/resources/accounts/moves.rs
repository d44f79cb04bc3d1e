//! Moves one account to another workspace. The two callers stand for the two workspaces.

use super::connection::Connection;
use super::store;
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
    let Some((id, sealed)) = store::sealed(source, tx, email).await? else { return Ok(Err(NOT_THERE)) };
    if store::taken(destination, tx, email).await? {
        return Ok(Err(TAKEN));
    }
    // Each workspace seals with a key of its own.
    let connection = Connection::open(source.app(), source.workspace(), id, &sealed)?;
    let sealed = connection.sealed(destination.app(), destination.workspace(), id)?;
    store::copy(source, destination, tx, id, &sealed).await?;
    store::copy_days(source, destination, tx, id).await?;
    store::delete(source, tx, id).await?;
    Ok(Ok(()))
}
