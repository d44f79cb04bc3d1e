//! What would change an answer: for each step that can refuse, what somebody with the right to do so could do.

use crate::access::{Action, Mark, Role, Step};
use crate::resources::shapes;

/// What would let the action pass the step that refused it. Nothing if it is allowed.
pub fn remedies(action: &'static Action, refused_by: Option<Step>) -> Vec<String> {
    let Some(step) = refused_by else { return vec![] };
    match step {
        Step::Credential if action.is(Mark::Fresh) => {
            vec!["Sign in again. This needs a sign-in within the last 10 minutes.".to_owned()]
        }
        Step::Credential => vec!["Use a key that still works, or sign in.".to_owned()],
        Step::Network => vec![
            "Call from an allowed address.".to_owned(),
            "Change the addresses of the sign-in policy, or make a key with other addresses.".to_owned(),
        ],
        Step::Rate => vec!["Wait a moment, and send fewer requests.".to_owned()],
        Step::Workspace => vec!["The operator of this server changes the plan of a workspace.".to_owned()],
        Step::Delegation => {
            vec!["The owner of the sub-workspace changes what its admin workspace can do there.".to_owned()]
        }
        Step::Scope => vec![format!("Make a key with one of these scopes: {}.", action.scopes().join(", "))],
        Step::Role => of_role(action),
        Step::GuardRail => vec!["The admin workspace changes its guard-rails.".to_owned()],
        Step::Record | Step::Reach => of_record(action),
    }
}

fn of_role(action: &'static Action) -> Vec<String> {
    // Nobody gives the role of the owner.
    let roles: Vec<_> = action.roles().filter(|role| *role != Role::Owner).map(|role| role.name()).collect();
    let mut all = vec![format!("An owner or admin gives a role that has it: {}.", roles.join(", "))];
    all.push("If the role is a custom one, an owner or admin adds the permission to it.".to_owned());
    if !action.needs.is_empty() {
        all.push(format!("If the member has a list of permissions, add {} to it.", action.needs));
    }
    if action.is(Mark::Unlimited) {
        all.push("A caller with a tag limit cannot do this. Without the limit they could.".to_owned());
    }
    if action.is(Mark::InPerson) || action.is(Mark::SignedIn) {
        all.push("A person does it after signing in. A workspace key cannot.".to_owned());
    }
    all
}

fn of_record(action: &'static Action) -> Vec<String> {
    let Some(shape) = shapes(action).into_iter().next() else { return vec![] };
    let mut all = Vec::new();
    if shape.team.is_some_and(|team| team != "true") {
        all.push("Share the record with the team.");
    }
    if shape.collaborators.is_some() {
        all.push("Add the person as a collaborator.");
    }
    if shape.owner.is_some() {
        all.push("Make the person the owner of the record.");
    }
    if shape.assignee.is_some() {
        all.push("Assign the record to the person.");
    }
    if shape.tags.is_some() {
        all.push("If the person has a tag limit, give the record one of its tags.");
    }
    all.push("Give the person a role that reaches further.");
    all.into_iter().map(str::to_owned).collect()
}
