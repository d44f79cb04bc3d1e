//! Which roles a caller can give and take. Nobody can raise anybody above themselves, or change the owner.

use super::Role;

/// Whether `actor` can give, change or take a role. `present` is `None` for an invitation, and `wanted` is `None` for a
/// removal. The owner changes only when the ownership is handed over.
#[rustfmt::skip]
pub fn may_make(actor: Role, present: Option<Role>, wanted: Option<Role>) -> bool {
    use Role::*;
    match (actor, present, wanted) {
        (_, Some(Owner), _) | (_, _, Some(Owner)) => false,
        (Owner | Admin,
            None | Some(Admin | Manager | Editor | Member | Sdr | View | Client),
            None | Some(Admin | Manager | Editor | Member | Sdr | View | Client)) => true,
        (Manager | Editor | Member | Sdr | View | Client, _, _) => false,
    }
}
