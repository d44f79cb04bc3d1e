//! Two pages about rights: the matrix of roles and permissions, and why somebody can do something or cannot.

mod why;

use crate::access::{ACTIONS, Action, Can, Mark, ROLES, Reach, Role, access::*, remarks};
use crate::error::Result;
use crate::http::Query;
use crate::web::{Offer, Page, Pages, Rail, Way};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;

pub const MATRIX: Way<Read> = Way::page("/w/{workspace}/access", "Roles and permissions");
pub const WHY: Way<Explain> = Way::page("/w/{workspace}/access/why", "Why, and why not");

pub fn pages() -> Pages {
    Pages::under(Rail::Access).at(&MATRIX, matrix).at(&WHY, why::why)
}

#[derive(Deserialize, JsonSchema)]
pub struct Compared {
    /// The roles to compare. The default is all.
    #[serde(default)]
    #[schemars(length(max = 8))]
    roles: Vec<Role>,
    /// Only rows in which these roles differ.
    #[serde(default)]
    differences: bool,
}

#[derive(Template)]
#[template(path = "explain/matrix.html")]
struct Matrix {
    roles: Vec<Column>,
    choices: Vec<(Role, bool)>,
    differences: bool,
    groups: Vec<Group>,
    shown: usize,
    all: usize,
    own: Option<Role>,
    /// What the caller has is narrower than their role, by a list of permissions, a tag limit or a guard-rail.
    narrower: bool,
    why: Option<Offer>,
}

struct Column {
    role: Role,
    own: bool,
    /// The only column where there is little room.
    first: bool,
}

struct Group {
    name: String,
    rows: Vec<Row>,
}

struct Row {
    action: &'static Action,
    cells: Vec<Cell>,
    scopes: Vec<String>,
    remarks: String,
    why: Option<Offer>,
}

struct Cell {
    role: &'static str,
    reach: &'static str,
    /// What the caller has, where it is less than the role.
    yours: Option<&'static str>,
    first: bool,
}

fn word(reach: Reach) -> &'static str {
    match reach {
        Reach::None => "no",
        Reach::All | Reach::Team | Reach::Own | Reach::Assigned => reach.name(),
    }
}

async fn matrix(can: Can<Read>, Query(wanted): Query<Compared>) -> Result<Page> {
    let own = can.role();
    let chosen = |role: &Role| wanted.roles.is_empty() || wanted.roles.contains(role);
    // One's own role comes first.
    let mut roles: Vec<Role> = ROLES.iter().copied().filter(chosen).collect();
    roles.sort_by_key(|role| Some(*role) != own);
    let differs = |action: &&'static Action| {
        let mut reaches = roles.iter().map(|role| action.reach(*role));
        let first = reaches.next();
        !wanted.differences || reaches.any(|reach| Some(reach) != first)
    };
    let why = WHY.offered(&can, ());
    let mut groups: Vec<Group> = Vec::new();
    for action in ACTIONS.iter().copied().filter(differs) {
        let name = action.resource.replace('_', " ");
        if groups.last().is_none_or(|group| group.name != name) {
            groups.push(Group { name, rows: vec![] });
        }
        let why = why.clone().map(|why| why.with(&[("permission", action.name)]));
        if let Some(group) = groups.last_mut() {
            group.rows.push(row(&can, action, &roles, why));
        }
    }
    let column = |(at, role): (usize, &Role)| Column { role: *role, own: Some(*role) == own, first: at == 0 };
    let narrower = own.is_some_and(|own| ACTIONS.iter().any(|action| can.reach(action) != action.reach(own)));
    let matrix = Matrix {
        choices: ROLES.iter().map(|role| (*role, wanted.roles.contains(role))).collect(),
        roles: roles.iter().enumerate().map(column).collect(),
        differences: wanted.differences,
        shown: groups.iter().map(|group| group.rows.len()).sum(),
        all: ACTIONS.len(),
        groups,
        own,
        narrower,
        why,
    };
    Page::new("Roles and permissions", &matrix)
}

fn row(can: &Can<Read>, action: &'static Action, roles: &[Role], why: Option<Offer>) -> Row {
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
    Row { action, cells, scopes, remarks: remarks(action), why }
}
