//! Callers whose own rights are narrowed by a list of permissions or a tag limit pass that on to the members whom they make
//! or change. The rules about roles are in `roles`.

use crate::access::{Caller, EffectiveRole, ROLES, Role, Step, workspace_members::Loosen};
use crate::error::{Error, Result};
use crate::resources::members::{MemberPermission, WorkspaceMember};
use crate::resources::roles::guard;
use uuid::Uuid;

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
    is_open(can, member, None)
}

/// Whether the caller can send the invitation of this member again. That gives the role once more.
pub fn is_open_again_to(can: &Caller, member: &WorkspaceMember) -> bool {
    is_open(can, member, Some(&member.effective_role()))
}

fn is_open(can: &Caller, member: &WorkspaceMember, wanted: Option<&EffectiveRole>) -> bool {
    let roles = guard(can, Some(&member.effective_role()), wanted);
    roles.is_ok() && within_own(can, member.permissions.as_deref()).is_ok()
}

/// The built-in roles that the caller can give. `present` is the role of a member, and none for an invitation.
pub fn open_roles(can: &Caller, present: Option<&EffectiveRole>) -> Vec<Role> {
    let can_give = |role: &Role| guard(can, present, Some(&(*role).into())).is_ok();
    ROLES.iter().copied().filter(can_give).collect()
}
