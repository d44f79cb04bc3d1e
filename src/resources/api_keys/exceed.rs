//! No key exceeds its maker.

use super::Scope;
use crate::access::{ACTIONS, Action, Grant, Mark, Reach};

/// Why the maker cannot make a key with this scope, or `None` if it can. A wildcard over everything gives only what its
/// ceiling allows. A scope that names a resource must be one that the maker has.
pub fn exceeds(maker: &Grant, scope: &Scope, personal: bool) -> Option<String> {
    let lacks = |why: &str| Some(format!("scope: a key with `{}` would exceed its maker, {why}", scope.0));
    let carried =
        maker.scopes().is_none_or(|scopes| scopes.iter().any(|own| Scope(own.clone()).covers(scope)));
    if !carried {
        return lacks("whose own key does not carry that scope");
    }
    let covered: Vec<_> = ACTIONS.iter().copied().filter(|action| covers(scope, action)).collect();
    if !covered.is_empty() && covered.iter().all(|action| maker.reach(action) == Reach::None) {
        return lacks("whose role does not have it");
    }
    // A workspace key has no user whose records could be its own, and can never do what requires a person.
    let partial = |action: &&Action| {
        !matches!(maker.reach(action), Reach::All | Reach::None) && !action.is(Mark::InPerson)
    };
    if !personal && covered.into_iter().any(|action| partial(&action)) {
        return lacks("who does not reach every record of the workspace; make a personal key");
    }
    None
}

fn covers(scope: &Scope, action: &Action) -> bool {
    !action.verbs.is_empty() && action.admits(&scope.0, false)
}
