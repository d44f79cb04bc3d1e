//! What pages need to know of a caller: the workspace of the address, who gets a frame, and what a button may promise.

use super::Caller;
use crate::access::{Action, Near, Step};
use crate::http::Slot;
use uuid::Uuid;

/// The workspace that the path of a page names. A session acts there, and not in its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(pub Uuid);

/// What the frame of a page, or of a refusal, shows of the caller. It is absent if the server does not know the
/// caller, or if they must not learn anything about the workspace.
#[derive(Clone)]
pub enum Standing {
    /// The credential counts here.
    Known(Caller),
    /// They have to authenticate again before they do this.
    Stale(Caller),
    /// They have to enrol a second factor before anything else.
    MustEnrol(Caller),
}

impl Standing {
    pub fn caller(&self) -> &Caller {
        match self {
            Standing::Known(caller) | Standing::Stale(caller) | Standing::MustEnrol(caller) => caller,
        }
    }
}

impl Caller {
    /// Leaves the caller for the frame, if the call is about a page.
    pub(super) fn present_to(&self, slot: Option<&Slot<Standing>>, action: &'static Action) {
        let Some(slot) = slot else { return };
        match self.ask(action).refused_by() {
            None | Some(Step::Scope | Step::Role | Step::GuardRail | Step::Record | Step::Reach) => {
                slot.fill(|| Standing::Known(self.clone()));
            }
            Some(Step::Credential) if self.would_if_fresh(action) => {
                slot.fill(|| Standing::Stale(self.clone()));
            }
            Some(Step::Credential) if self.lapsed.is_some_and(super::Lapsed::ends_by_enrolling) => {
                slot.fill(|| Standing::MustEnrol(self.clone()));
            }
            Some(Step::Credential | Step::Network | Step::Rate | Step::Workspace | Step::Delegation) => (),
        }
    }

    /// Whether all steps that need no record would hold after the person authenticates again.
    pub fn would_if_fresh(&self, action: &'static Action) -> bool {
        self.ask(action).holds_if_fresh()
    }

    /// Whether a page may offer an action on a record: every step would hold if they pressed the button now. A person
    /// whose last authentication is too old is asked for it then.
    pub fn may_offer(&self, action: &'static Action, near: Near) -> bool {
        self.would_if_fresh(action) && near.is_within(self.reach(action))
    }
}
