//! The custom role that a body names.

use super::{WorkspaceRole, store};
use crate::access::Caller;
use crate::db::Tx;
use crate::error::{Error, Result};
use uuid::Uuid;

/// By name or id. Foreign and missing ones get the same error.
pub async fn named(can: &Caller, tx: &mut Tx, field: &str, wanted: &str) -> Result<WorkspaceRole> {
    let found = match wanted.parse::<Uuid>() {
        Ok(id) => can.own::<WorkspaceRole>(tx, id).await?,
        Err(_) => store::by_name(can, tx, wanted).await?,
    };
    found.ok_or_else(|| {
        Error::Invalid(format!("{field} must be the name or id of a custom role of this workspace"))
    })
}
