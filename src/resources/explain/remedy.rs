//! Advice about refusals that no change to the principal or the record can lift.

use crate::access::Step;

/// What helps against a step that depends on the call, the workspace or its admin workspace. None for the other steps: for
/// these, `help` tries single changes.
pub fn remedy(refused_by: Option<Step>) -> Option<&'static str> {
    Some(match refused_by? {
        Step::Network => {
            "Call from an allowed address, or change the addresses of the key or of the sign-in policy."
        }
        Step::Rate => "Wait a moment, and send fewer requests.",
        Step::Workspace => "The operator of this server can change the plan of the workspace.",
        Step::Delegation => "The owner of the sub-workspace can change what its admin workspace can do.",
        Step::GuardRail => "The admin workspace can change its guard-rails.",
        Step::Credential | Step::Scope | Step::Role | Step::Record | Step::Reach => return None,
    })
}
