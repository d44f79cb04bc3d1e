//! The members that a body names: by user id, member id or e-mail address. On the wire an owner is a user.

use super::store::{self, Named};
use crate::access::{Caller, Permission, Reach, Step};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::address;
use uuid::Uuid;

/// What the owner is named for.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// A new record. Everybody may name themselves.
    New(&'static str),
    /// A record that exists already.
    Theirs(&'static str),
}

/// The user whom a caller makes the owner. Only a caller who reaches every record may name somebody else, or change the
/// owner of an existing record.
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
            format!("reach: only a caller who reaches every {what} can choose its owner"),
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

/// The accepted member that a field of the body names. Foreign, missing and malformed names get the same error.
pub async fn named(can: &Caller, tx: &mut Tx, field: &str, wanted: &str) -> Result<Named> {
    let unknown = || Error::invalid(format!("body/{field} must be an accepted member of the workspace"));
    store::accepted(can, tx, wanted).await?.ok_or_else(unknown)
}
