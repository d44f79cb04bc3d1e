//! What stands between a caller and somebody's role, beside the matrix.

use super::MemberPermission;
use crate::access::workspace_members::{Appoint, Dismiss, Loosen};
use crate::access::{Caller, Role, Step, may_make};
use crate::error::{Error, Result};
use uuid::Uuid;

/// Roles that can create further members or keys. Neither a narrow key nor a bound one can give them.
const FERTILE: [&str; 2] = ["workspace_members", "api_keys"];

/// Refuses to give, change or take a role that the caller is not above. `present` is none for an invitation,
/// `wanted` for a removal.
pub fn guard(can: &Caller, present: Option<Role>, wanted: Option<Role>) -> Result<()> {
    let actor = can.grant.role.unwrap_or(Role::View);
    if present == Some(Role::Owner) {
        return refuse("the owner's role changes only when the ownership is handed over: change-owner");
    }
    if wanted == Some(Role::Owner) {
        return refuse("there is exactly one owner; hand the ownership over with change-owner");
    }
    if !may_make(actor, present, wanted) {
        return refuse("nobody gives or takes a role above their own");
    }
    if wanted != present {
        within_rails(can, wanted)?;
    }
    if wanted.is_some_and(is_fertile) {
        can.also::<Appoint>()?;
    }
    if present.is_some_and(is_fertile) {
        can.also::<Dismiss>()?;
    }
    Ok(())
}

/// An admin workspace may say how high a role somebody here is given.
fn within_rails(can: &Caller, wanted: Option<Role>) -> Result<()> {
    let group = can.grant.group.as_ref();
    match group.and_then(|group| group.rails.cap(wanted).map(|cap| (cap, &group.admin_name))) {
        Some((cap, name)) => {
            let why = format!(
                "guard-rail: nobody is given a higher role than `{}`; so says the admin workspace, {name}",
                cap.name()
            );
            Err(Error::refused(Step::GuardRail, why))
        }
        None => Ok(()),
    }
}

/// Whether a role can bring forth further members or keys.
pub fn is_fertile(role: Role) -> bool {
    FERTILE.iter().any(|resource| role.holds(resource))
}

/// Nobody makes anyone who may do what one may not: a caller whose own permissions are listed makes members whose
/// list is part of it.
pub fn within_own(can: &Caller, permissions: Option<&[MemberPermission]>) -> Result<()> {
    let part =
        |own: &Vec<String>| permissions.is_some_and(|list| list.iter().all(|name| own.contains(&name.0)));
    match can.grant.narrowed.iter().all(part) {
        true => Ok(()),
        false => {
            refuse("your own `permissions` are narrowed; a member you make or raise needs a list within them")
        }
    }
}

/// A narrow key may tighten a member's tag limit, and not loosen it.
pub fn keeps_limit(can: &Caller, before: Option<&[Uuid]>, after: Option<&[Uuid]>) -> Result<()> {
    let part = |before: &[Uuid]| after.is_some_and(|after| after.iter().all(|tag| before.contains(tag)));
    match before.is_none_or(part) {
        true => Ok(()),
        false => can.also::<Loosen>(),
    }
}

fn refuse<T>(why: &str) -> Result<T> {
    Err(Error::refused(Step::Role, format!("role: {why}")))
}
