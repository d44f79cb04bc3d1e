//! Which roles a caller can give and take. Nobody can raise anybody above themselves, or change the owner.

use super::{EffectiveRole, Role};

/// Whether `actor` can give, change or take a role. `present` is `None` for an invitation, and `wanted` is `None` for a
/// removal. The owner changes only when the ownership is handed over. Nobody gives or takes a role with rights that their
/// own role does not have.
pub fn may_make(
    actor: &EffectiveRole,
    present: Option<&EffectiveRole>,
    wanted: Option<&EffectiveRole>,
) -> bool {
    let both = [present, wanted].into_iter().flatten();
    base_may_make(actor.base, present.map(|role| role.base), wanted.map(|role| role.base))
        && both.into_iter().all(|role| actor.covers(role))
}

#[rustfmt::skip]
fn base_may_make(actor: Role, present: Option<Role>, wanted: Option<Role>) -> bool {
    use Role::*;
    match (actor, present, wanted) {
        (_, Some(Owner), _) | (_, _, Some(Owner)) => false,
        (Owner | Admin,
            None | Some(Admin | Manager | Editor | Member | Sdr | View | Client),
            None | Some(Admin | Manager | Editor | Member | Sdr | View | Client)) => true,
        (Manager | Editor | Member | Sdr | View | Client, _, _) => false,
    }
}
