//! The rules about giving, changing and taking a role that the matrix does not contain.

use crate::access::workspace_members::{Appoint, Dismiss};
use crate::access::{Caller, EffectiveRole, Role, Step, may_make};
use crate::error::{Error, Result};

/// Refuses a role above the caller's own. `present` is none for an invitation, `wanted` is none for a removal.
pub fn guard(can: &Caller, present: Option<&EffectiveRole>, wanted: Option<&EffectiveRole>) -> Result<()> {
    if present.is_some_and(|role| role.base == Role::Owner) {
        return refuse("the owner's role changes only when the ownership is handed over: change-owner");
    }
    if wanted.is_some_and(|role| role.base == Role::Owner) {
        return refuse("there is exactly one owner; hand the ownership over with change-owner");
    }
    within_own(can, present, wanted)?;
    if wanted != present {
        within_rails(can, wanted.map(|role| role.base))?;
    }
    managing(can, present, wanted)
}

/// Refuses to write a custom role with rights that the caller does not have, or to take such rights away.
pub fn may_define(
    can: &Caller,
    present: Option<&EffectiveRole>,
    wanted: Option<&EffectiveRole>,
) -> Result<()> {
    if !can.permission_lists().is_empty() {
        return refuse("your own `permissions` are narrowed, so you cannot write roles");
    }
    within_own(can, present, wanted)?;
    managing(can, present, wanted)
}

fn within_own(can: &Caller, present: Option<&EffectiveRole>, wanted: Option<&EffectiveRole>) -> Result<()> {
    let own = can.effective_role().unwrap_or(Role::View.into());
    if may_make(&own, present, wanted) {
        return Ok(());
    }
    match [present, wanted].into_iter().flatten().find_map(|role| own.exceeded_by(role)) {
        Some(row) if own.cells.is_some() => refuse(&format!(
            "you cannot give or take a role that reaches further than your own in `{}`",
            row.name
        )),
        Some(_) | None => refuse("you cannot give or take a role above your own"),
    }
}

fn managing(can: &Caller, present: Option<&EffectiveRole>, wanted: Option<&EffectiveRole>) -> Result<()> {
    if wanted.is_some_and(EffectiveRole::manages) {
        can.also::<Appoint>()?;
    }
    if present.is_some_and(EffectiveRole::manages) {
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

fn refuse<T>(why: &str) -> Result<T> {
    Err(Error::refused(Step::Role, format!("role: {why}")))
}
