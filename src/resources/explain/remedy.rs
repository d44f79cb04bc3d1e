//! Who decides about a refusal that no change to the principal or the record can turn.

use crate::access::Step;

/// What helps against a step that depends on the call, the workspace or its admin workspace. Nothing for the other steps, for
/// which single changes are tried.
pub fn remedy(refused_by: Option<Step>) -> Option<&'static str> {
    Some(match refused_by? {
        Step::Network => {
            "Call from an allowed address, or change the addresses of the key or of the sign-in policy."
        }
        Step::Rate => "Wait a moment, and send fewer requests.",
        Step::Workspace => "The operator of this server changes the plan of a workspace.",
        Step::Delegation => "The owner of the sub-workspace changes what its admin workspace can do there.",
        Step::GuardRail => "The admin workspace changes its guard-rails.",
        Step::Credential | Step::Scope | Step::Role | Step::Record | Step::Reach => return None,
    })
}
