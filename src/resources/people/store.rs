//! The SQL of setting a server up: the hash of the link that is open.

use crate::access::{Across, across};
use crate::db::{Source, Tx};
use crate::error::Result;

pub const SETUP: &str = "setup";

fn server_wide() -> Across {
    across("The link to set a server up exists before the first workspace.")
}

pub async fn setup_hash(from: impl Into<Source<'_>>) -> Result<Option<String>> {
    server_wide().unfenced_sql("select value from server where name = $1").bind(SETUP).optional(from).await
}

/// Whether this call was the first to use the link.
pub async fn use_setup(tx: &mut Tx, hash: &str) -> Result<bool> {
    let used = server_wide()
        .unfenced_sql("delete from server where name = $1 and value = $2")
        .bind(SETUP)
        .bind(hash)
        .run(tx);
    Ok(used.await? == 1)
}
