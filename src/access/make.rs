//! Who may make whom what: nobody raises anyone above themselves, nobody touches the owner.

use super::Role;

/// Whether `actor` may give, change or take a role. `present` is none for an invitation, `wanted` for a
/// removal. The owner changes by the hand-over of the ownership alone.
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
