//! The members that a body names: by user id, member id or e-mail address. On the wire an owner is a user.

use super::address;
use super::store::{self, Named};
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
    let wanted = wanted.map(|id| id.to_string());
    if new && wanted.as_ref().is_some_and(|wanted| is_self(can, wanted)) {
        return Ok(can.user());
    }
    if can.reach(P::ACTION) != Reach::All {
        return Err(Error::refused(
            Step::Reach,
            format!("reach: only who reaches every {what} may change whose a {what} is"),
        ));
    }
    match wanted {
        Some(wanted) => named(can, tx, "owned_by", &wanted).await.map(|member| Some(member.user)),
        None => Ok(None),
    }
}

pub fn is_self(can: &Caller, wanted: &str) -> bool {
    match wanted.parse::<Uuid>() {
        Ok(id) => [can.user(), can.member()].contains(&Some(id)),
        Err(_) => can.in_person() && can.email() == Some(address(wanted).as_str()),
    }
}

/// The accepted member whom a field of the body names. One answer for foreign, missing and malformed names.
pub async fn named(can: &Caller, tx: &mut Tx, field: &str, wanted: &str) -> Result<Named> {
    let unknown = || Error::invalid(format!("body/{field} must be an accepted member of the workspace"));
    store::accepted(can, tx, wanted).await?.ok_or_else(unknown)
}
