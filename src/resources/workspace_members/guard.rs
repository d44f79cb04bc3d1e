//! What stands between a caller and somebody's role, beside the matrix.

use crate::access::{Caller, Role, Step, may_make};
use crate::error::{Error, Result};

/// Roles that can bring forth further members or keys; a narrow key must not make them.
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
    let whole = can.grant.scopes.as_ref().is_none_or(|scopes| scopes.iter().any(|scope| scope == "all:all"));
    let fertile = |role: Role| FERTILE.iter().any(|resource| role.holds(resource));
    if !whole && present.into_iter().chain(wanted).any(fertile) {
        return refuse(
            "a key without the scope `all:all` cannot give, change or take a role that manages members or keys",
        );
    }
    Ok(())
}

fn refuse<T>(why: &str) -> Result<T> {
    Err(Error::refused(Step::Role, format!("role: {why}")))
}
