//! The matrix as a table of chosen roles, with what the caller has where that is less than their role.

use crate::access::{ACTIONS, Action, Caller, Mark, Reach, Role, remarks};
use crate::web::Offer;

pub struct Group {
    pub name: String,
    pub rows: Vec<Row>,
}

pub struct Row {
    pub action: &'static Action,
    pub cells: Vec<Cell>,
    pub scopes: Vec<String>,
    pub remarks: String,
    pub links: Links,
}

/// The questions about a permission.
#[derive(Clone, Default)]
pub struct Links {
    pub why: Option<Offer>,
    pub who: Option<Offer>,
}

impl Links {
    fn about(&self, action: &Action) -> Links {
        let about =
            |offer: &Option<Offer>| offer.clone().map(|offer| offer.with(&[("permission", action.name)]));
        Links { why: about(&self.why), who: about(&self.who) }
    }
}

pub struct Cell {
    pub role: &'static str,
    pub reach: &'static str,
    /// What the caller has, where it is less than the role.
    pub yours: Option<&'static str>,
    pub first: bool,
}

fn word(reach: Reach) -> &'static str {
    match reach {
        Reach::None => "no",
        Reach::All | Reach::Team | Reach::Own | Reach::Assigned => reach.name(),
    }
}

/// Whether the caller has less than their role, by a list of permissions, a tag limit or a guard-rail.
pub fn is_narrower(can: &Caller) -> bool {
    can.role().is_some_and(|own| ACTIONS.iter().any(|action| can.reach(action) != action.reach(own)))
}

/// The rows by resource. With `differences`, only those in which the roles differ.
pub fn groups(can: &Caller, roles: &[Role], differences: bool, links: &Links) -> Vec<Group> {
    let differs = |action: &&'static Action| {
        let mut reaches = roles.iter().map(|role| action.reach(*role));
        let first = reaches.next();
        !differences || reaches.any(|reach| Some(reach) != first)
    };
    let mut groups: Vec<Group> = Vec::new();
    for action in ACTIONS.iter().copied().filter(differs) {
        let name = action.resource.replace('_', " ");
        if groups.last().is_none_or(|group| group.name != name) {
            groups.push(Group { name, rows: vec![] });
        }
        if let Some(group) = groups.last_mut() {
            group.rows.push(row(can, action, roles, links.about(action)));
        }
    }
    groups
}

fn row(can: &Caller, action: &'static Action, roles: &[Role], links: Links) -> Row {
    let cell = |(at, role): (usize, &Role)| {
        let (reach, mine) = (action.reach(*role), can.reach(action));
        let yours = (can.role() == Some(*role) && mine != reach).then(|| word(mine));
        Cell { role: role.name(), reach: word(reach), yours, first: at == 0 }
    };
    let scopes = match action.is(Mark::Whole) {
        true => vec!["all:all".to_owned()],
        false => action.verbs.iter().map(|verb| format!("{}:{verb}", action.scope)).collect(),
    };
    let cells = roles.iter().enumerate().map(cell).collect();
    Row { action, cells, scopes, remarks: remarks(action), links }
}
