//! The rules about giving, changing and taking a role that the matrix does not contain.

use crate::access::workspace_members::{Appoint, Dismiss, Loosen};
use crate::access::{Caller, ROLES, Role, Step, may_make};
use crate::error::{Error, Result};
use crate::resources::members::{MemberPermission, WorkspaceMember};
use uuid::Uuid;

/// Refuses a role above the caller's own. `present` is none for an invitation, `wanted` is none for a removal.
pub fn guard(can: &Caller, present: Option<Role>, wanted: Option<Role>) -> Result<()> {
    let actor = can.role().unwrap_or(Role::View);
    if present == Some(Role::Owner) {
        return refuse("the owner's role changes only when the ownership is handed over: change-owner");
    }
    if wanted == Some(Role::Owner) {
        return refuse("there is exactly one owner; hand the ownership over with change-owner");
    }
    if !may_make(actor, present, wanted) {
        return refuse("you cannot give or take a role above your own");
    }
    if wanted != present {
        within_rails(can, wanted)?;
    }
    if wanted.is_some_and(Role::manages) {
        can.also::<Appoint>()?;
    }
    if present.is_some_and(Role::manages) {
        can.also::<Dismiss>()?;
    }
    Ok(())
}

/// An admin workspace can limit the roles that are given here.
fn within_rails(can: &Caller, wanted: Option<Role>) -> Result<()> {
    let group = can.group();
    match group.and_then(|group| group.rails.cap(wanted).map(|cap| (cap, &group.admin_name))) {
        Some((cap, name)) => {
            let why = format!(
                "guard-rail: the admin workspace, {name}, does not allow roles above `{}`",
                cap.name()
            );
            Err(Error::refused(Step::GuardRail, why))
        }
        None => Ok(()),
    }
}

/// No caller makes a member with more rights than their own. A caller with a list of permissions makes members whose list
/// is part of it.
pub fn within_own(can: &Caller, permissions: Option<&[MemberPermission]>) -> Result<()> {
    let part =
        |own: &Vec<String>| permissions.is_some_and(|list| list.iter().all(|name| own.contains(&name.0)));
    match can.permission_lists().iter().all(part) {
        true => Ok(()),
        false => {
            refuse("your own `permissions` are narrowed; a member you make or raise needs a list within them")
        }
    }
}

/// A narrow key can tighten a member's tag limit, but not loosen it.
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

/// Whether the caller can change or remove this member, as far as the roles and the permissions of both decide.
pub fn is_open_to(can: &Caller, member: &WorkspaceMember) -> bool {
    guard(can, Some(member.role), None).is_ok() && within_own(can, member.permissions.as_deref()).is_ok()
}

/// The roles that the caller can give. `present` is the role of a member, and none for an invitation.
pub fn open_roles(can: &Caller, present: Option<Role>) -> Vec<Role> {
    ROLES.iter().copied().filter(|role| guard(can, present, Some(*role)).is_ok()).collect()
}
