//! A role as a principal has it: a built-in role, and for a custom role the cells that lower it. The cells can only narrow
//! the role, because each reach is intersected with that of the built-in role.

use super::{ACTIONS, Action, Mark, ROLES, Reach, Role};
use crate::db::{Field, Value};
use crate::error::Result;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

/// A custom role, as members and `/me` name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct CustomRole {
    pub id: Uuid,
    pub name: String,
    #[serde(skip)]
    pub cells: Cells,
}

/// The cells of a custom role as they are stored: one line, such as `campaigns:launch=team`, for each row that it has.
/// They are searched, and not parsed, because most requests look at a few rows only. A row without a line has no reach, so
/// a permission that is newer than the role is not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Cells(Arc<str>);

impl Cells {
    /// In the order of the matrix.
    pub fn new(reach: impl Fn(&Action) -> Reach) -> Cells {
        let mut text = String::new();
        for action in ACTIONS {
            match reach(action) {
                Reach::None => (),
                reach @ (Reach::All | Reach::Team | Reach::Own | Reach::Assigned) => {
                    text += &format!("{}={}\n", action.name, reach.name());
                }
            }
        }
        Cells(text.into())
    }

    pub fn reach(&self, action: &Action) -> Reach {
        let line = |line: &str| line.strip_prefix(action.name)?.strip_prefix('=').and_then(Reach::parse);
        self.0.lines().find_map(line).unwrap_or(Reach::None)
    }

    /// The rows with a line, and their reach.
    pub fn lines(&self) -> impl Iterator<Item = (&str, Reach)> {
        self.0.lines().filter_map(|line| {
            let (name, reach) = line.split_once('=')?;
            Some((name, Reach::parse(reach)?))
        })
    }
}

impl From<String> for Cells {
    fn from(text: String) -> Self {
        Cells(text.into())
    }
}

impl From<Cells> for String {
    fn from(cells: Cells) -> Self {
        cells.0.as_ref().to_owned()
    }
}

impl Field for Cells {
    type Column = String;
    fn read(text: String) -> Result<Self> {
        Ok(text.into())
    }
    fn value(&self) -> Value {
        self.0.as_ref().into()
    }
}

/// A built-in role, and the cells that lower it if it is a custom one.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectiveRole {
    pub base: Role,
    pub cells: Option<Cells>,
}

impl From<Role> for EffectiveRole {
    fn from(base: Role) -> Self {
        EffectiveRole { base, cells: None }
    }
}

impl EffectiveRole {
    pub fn custom(base: Role, cells: Cells) -> Self {
        EffectiveRole { base, cells: Some(cells) }
    }

    pub fn reach(&self, action: &Action) -> Reach {
        let base = action.reach(self.base);
        match &self.cells {
            Some(cells) if !action.is_for_everyone() => base.and(cells.reach(action)),
            Some(_) | None => base,
        }
    }

    /// Whether it reaches at least as far in every row.
    pub fn covers(&self, other: &EffectiveRole) -> bool {
        self.exceeded_by(other).is_none()
    }

    /// The first row in which another role reaches further.
    pub fn exceeded_by(&self, other: &EffectiveRole) -> Option<&'static Action> {
        ACTIONS.iter().copied().find(|action| !self.reach(action).covers(other.reach(action)))
    }

    /// Whether it manages members or API keys, so that its holder can give rights to others.
    pub fn manages(&self) -> bool {
        ACTIONS.iter().any(|action| action.is(Mark::Managing) && self.reach(action) != Reach::None)
    }
}

impl Action {
    /// Whether every role has it and no scope is needed, such as signing in. No custom role is without these rows.
    pub fn is_for_everyone(&self) -> bool {
        self.verbs.is_empty() && ROLES.iter().all(|role| self.reach(*role) != Reach::None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REACHES: [Reach; 5] = [Reach::All, Reach::Team, Reach::Own, Reach::Assigned, Reach::None];

    /// Any cells, also wider than the base.
    fn roles() -> impl Strategy<Value = EffectiveRole> {
        let cells = prop::collection::vec(prop::sample::select(REACHES.to_vec()), ACTIONS.len());
        (prop::sample::select(ROLES.to_vec()), prop::option::of(cells)).prop_map(|(base, cells)| {
            let at = |action: &Action| ACTIONS.iter().position(|row| row.name == action.name).unwrap();
            EffectiveRole { base, cells: cells.map(|cells| Cells::new(|action| cells[at(action)])) }
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..Default::default() })]

        #[test]
        fn a_custom_role_never_reaches_further_than_its_base(role in roles()) {
            prop_assert!(EffectiveRole::from(role.base).covers(&role));
            prop_assert!(EffectiveRole::from(role.base).exceeded_by(&role).is_none());
            for action in ACTIONS {
                prop_assert!(action.reach(role.base).covers(role.reach(action)), "{}", action.name);
                prop_assert!(!action.is_for_everyone() || role.reach(action) != Reach::None, "{}", action.name);
            }
        }

        #[test]
        fn covers_is_a_partial_order(one in roles(), two in roles(), three in roles()) {
            let same = |one: &EffectiveRole, two: &EffectiveRole| ACTIONS.iter().all(|row| one.reach(row) == two.reach(row));
            prop_assert!(one.covers(&one));
            prop_assert!(!(one.covers(&two) && two.covers(&one)) || same(&one, &two));
            prop_assert!(!(one.covers(&two) && two.covers(&three)) || one.covers(&three));
            prop_assert_eq!(one.covers(&two), one.exceeded_by(&two).is_none());
            // Lowering keeps the order, so that the case above is not empty.
            let lower = EffectiveRole::custom(one.base, Cells::new(|row| one.reach(row).and(two.reach(row))));
            let lowest = EffectiveRole::custom(one.base, Cells::new(|row| lower.reach(row).and(three.reach(row))));
            prop_assert!(one.covers(&lower) && lower.covers(&lowest) && one.covers(&lowest));
        }

        #[test]
        fn the_text_of_cells_is_read_as_it_was_written(role in roles()) {
            let cells = role.cells.unwrap_or_default();
            let again: Cells = serde_json::from_value(serde_json::to_value(&cells).unwrap()).unwrap();
            prop_assert_eq!(&again, &cells);
            for action in ACTIONS {
                prop_assert_eq!(again.reach(action), cells.reach(action));
            }
            let rows: Vec<_> = cells.lines().collect();
            let expected: Vec<_> = ACTIONS.iter().map(|row| (row.name, cells.reach(row))).collect();
            let expected: Vec<_> = expected.into_iter().filter(|(_, reach)| *reach != Reach::None).collect();
            prop_assert_eq!(rows, expected);
        }
    }

    #[test]
    fn a_reach_covers_what_it_contains() {
        let order = |one: Reach| REACHES.map(|two| one.covers(two));
        assert_eq!(order(Reach::All), [true, true, true, true, true]);
        assert_eq!(order(Reach::Team), [false, true, true, true, true]);
        assert_eq!(order(Reach::Own), [false, false, true, false, true]);
        assert_eq!(order(Reach::Assigned), [false, false, false, true, true]);
        assert_eq!(order(Reach::None), [false, false, false, false, true]);
    }

    #[test]
    fn an_admin_covers_every_role_below_the_owner() {
        let admin = EffectiveRole::from(Role::Admin);
        for role in ROLES.iter().filter(|role| **role != Role::Owner) {
            assert!(admin.covers(&(*role).into()), "{}", role.name());
        }
        assert!(!admin.covers(&Role::Owner.into()));
    }

    #[test]
    fn similar_names_and_wrong_lines_are_not_taken_for_a_row() {
        let row = Action::of("accounts:pause").unwrap();
        for text in
            ["accounts:pauses=all", "accounts:pause=", "accounts:pause=most", "xaccounts:pause=all", ""]
        {
            assert_eq!(Cells::from(text.to_owned()).reach(row), Reach::None, "{text}");
        }
        assert_eq!(Cells::from("a:b=all\naccounts:pause=team\n".to_owned()).reach(row), Reach::Team);
    }

    #[test]
    fn some_rows_are_for_everyone() {
        let rows = ACTIONS.iter().filter(|row| row.is_for_everyone()).map(|row| row.name);
        let rows: Vec<_> = rows.collect();
        assert!(rows.len() > 20, "{rows:?}");
        for name in ["access:read", "access:explain", "sessions:sign_out", "profile:update"] {
            assert!(rows.contains(&name), "{name}");
        }
        assert!(!rows.contains(&"workspaces:read") && !rows.contains(&"workspace_group_members:act"));
    }
}
