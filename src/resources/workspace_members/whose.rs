//! Whose a record is to be: members are named by user or member id, in the wire's form they are users.

use super::store;
use crate::access::{Caller, Permission, Reach, Step};
use crate::db::Tx;
use crate::error::{Error, Result};
use uuid::Uuid;

/// What the owner is named for.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// A record to be: everybody may name themselves.
    New(&'static str),
    /// One that is somebody's already.
    Theirs(&'static str),
}

/// To name anyone but oneself, or to take what another owns, takes reach `all`.
pub async fn owner<P: Permission>(
    can: &Caller,
    tx: &mut Tx,
    wanted: Option<Uuid>,
    of: Whose,
) -> Result<Option<Uuid>> {
    let (what, new) = match of {
        Whose::New(what) => (what, true),
        Whose::Theirs(what) => (what, false),
    };
    if new && is_self(can, wanted) {
        return Ok(can.user());
    }
    if can.grant.reach(P::ACTION) != Reach::All {
        return Err(Error::refused(
            Step::Reach,
            format!("reach: only who reaches every {what} may change whose a {what} is"),
        ));
    }
    named(can, tx, "owned_by", wanted).await
}

pub fn is_self(can: &Caller, wanted: Option<Uuid>) -> bool {
    wanted.is_some() && (wanted == can.user() || wanted == can.member())
}

/// A user, from a user or member id in a field of the body.
pub async fn named(can: &Caller, tx: &mut Tx, field: &str, wanted: Option<Uuid>) -> Result<Option<Uuid>> {
    let Some(id) = wanted else { return Ok(None) };
    match store::user_of(can, tx, id).await? {
        Some(user) => Ok(Some(user)),
        None => Err(Error::invalid(format!("body/{field} must be an accepted member of the workspace"))),
    }
}
