//! The narrowest scopes that allow what a key was used for.

use super::{Scope, all_scopes};
use crate::access::{ACTIONS, Action};

/// Scopes that allow each of the used actions. A rotation can give them, because each is within a scope that the key has.
/// They allow no further action that narrower scopes could avoid.
pub fn suggested(used: &[&'static Action], present: &[Scope], strict: bool) -> Vec<Scope> {
    let all = all_scopes();
    let mut chosen: Vec<Scope> = Vec::new();
    for action in used {
        let given = action.scopes().into_iter().filter(|scope| {
            let scope = Scope(scope.clone());
            action.admits(&scope.0, strict)
                && all.contains(&scope.0)
                && present.iter().any(|own| own.covers(&scope))
        });
        if let Some(narrowest) = given.map(Scope).min_by_key(|scope| width(scope, strict))
            && !chosen.contains(&narrowest)
        {
            chosen.push(narrowest);
        }
    }
    chosen.sort_by_key(|scope| all.iter().position(|known| *known == scope.0));
    let wide: Vec<Scope> = chosen.clone();
    chosen.retain(|scope| !wide.iter().any(|other| other != scope && other.covers(scope)));
    without_surplus(chosen, used, strict)
}

/// How many actions a scope allows.
fn width(scope: &Scope, strict: bool) -> usize {
    ACTIONS.iter().filter(|action| action.admits(&scope.0, strict)).count()
}

/// Leaves out a scope if the others allow every used action, and it would allow an action that they do not.
fn without_surplus(mut chosen: Vec<Scope>, used: &[&'static Action], strict: bool) -> Vec<Scope> {
    let mut at = 0;
    while let Some(scope) = chosen.get(at).cloned() {
        let others: Vec<&Scope> = chosen.iter().filter(|other| **other != scope).collect();
        let by_others = |action: &Action| others.iter().any(|other| action.admits(&other.0, strict));
        let needed = used.iter().any(|action| action.admits(&scope.0, strict) && !by_others(action));
        let adds = ACTIONS.iter().any(|action| action.admits(&scope.0, strict) && !by_others(action));
        match needed || !adds {
            true => at += 1,
            false => drop(chosen.remove(at)),
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn action(name: &str) -> &'static Action {
        Action::of(name).unwrap()
    }

    fn of(names: &[&str], present: &str, strict: bool) -> Vec<String> {
        let used: Vec<_> = names.iter().map(|name| action(name)).collect();
        let present: Vec<_> = present.split(' ').map(|scope| Scope(scope.to_owned())).collect();
        suggested(&used, &present, strict).into_iter().map(|scope| scope.0).collect()
    }

    #[test]
    fn the_finer_scope_is_suggested() {
        assert_eq!(of(&["campaigns:launch"], "all:all", false), ["campaigns:launch"]);
        assert_eq!(of(&["leads:export", "leads:read"], "all:all", true), ["leads:read", "leads:export"]);
        assert_eq!(of(&["accounts:move", "accounts:update"], "all:all", false), ["accounts:update"]);
    }

    #[test]
    fn a_suggestion_is_within_what_the_key_has() {
        assert_eq!(of(&["campaigns:launch"], "campaigns:update", false), ["campaigns:update"]);
        assert_eq!(
            of(&["campaigns:read", "campaigns:launch"], "campaigns:all", false),
            ["campaigns:read", "campaigns:launch"]
        );
        assert_eq!(of(&["roles:create", "campaigns:read"], "all:all", false), ["all:all"]);
        assert_eq!(of(&[], "all:all", false), Vec::<String>::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 50, failure_persistence: None, ..Default::default() })]

        #[test]
        fn a_suggestion_allows_what_was_used_and_no_scope_can_be_left_out_or_narrowed(
            used in prop::collection::vec(prop::sample::select(ACTIONS.to_vec()), 0..8),
            strict in any::<bool>()
        ) {
            let used: Vec<_> = used.into_iter().filter(|action| !action.verbs.is_empty()).collect();
            let present = [Scope("all:all".to_owned())];
            let scopes = suggested(&used, &present, strict);
            let allows = |scopes: &[Scope], action: &Action| {
                scopes.iter().any(|scope| action.admits(&scope.0, strict))
            };
            for action in &used {
                prop_assert!(allows(&scopes, action), "{} is not in {scopes:?}", action.name);
            }
            let beyond = |scopes: &[Scope]| ACTIONS.iter().filter(|action| allows(scopes, action)).count();
            for at in 0..scopes.len() {
                let mut others = scopes.clone();
                others.remove(at);
                let all = used.iter().all(|action| allows(&others, action));
                prop_assert!(!all || beyond(&others) == beyond(&scopes), "{} is too much", scopes[at].0);
                for other in all_scopes() {
                    let mut narrower = others.clone();
                    narrower.push(Scope(other.clone()));
                    let all = used.iter().all(|action| allows(&narrower, action));
                    prop_assert!(!all || beyond(&narrower) >= beyond(&scopes), "{other} instead of {}", scopes[at].0);
                }
            }
        }
    }
}
