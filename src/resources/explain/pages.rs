//! The pages about rights: the matrix of roles and permissions, why somebody can do something or cannot, who can do something,
//! and what somebody can do.

mod form;
mod what;
mod who;
mod why;

use super::matrix::{Group, Links, groups, is_narrower};
use crate::access::{ACTIONS, Can, ROLES, Role, access::*};
use crate::error::Result;
use crate::http::Query;
use crate::web::{Offer, Page, Pages, Rail, Way};
use askama::Template;
use form::{HIDDEN, answer, by_resource, given, is_about_records, people, record_of, records, status};
use schemars::JsonSchema;
use serde::Deserialize;

pub const MATRIX: Way<Read> = Way::page("/w/{workspace}/access", "Roles and permissions");
pub const WHY: Way<Explain> = Way::page("/w/{workspace}/access/why", "Why, and why not");
const WHO: Way<WhoCan> = Way::page("/w/{workspace}/access/who", "Who can");
const WHAT: Way<Explain> = Way::page("/w/{workspace}/access/what", "What can");

pub fn pages() -> Pages {
    Pages::under(Rail::Access).at(&MATRIX, matrix).at(&WHY, why::why).at(&WHO, who::who).at(&WHAT, what::what)
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
    /// The other questions about rights.
    ways: Vec<Offer>,
}

struct Column {
    role: Role,
    own: bool,
    /// The only column where there is little room.
    first: bool,
}

async fn matrix(can: Can<Read>, Query(wanted): Query<Compared>) -> Result<Page> {
    let own = can.role();
    let chosen = |role: &Role| wanted.roles.is_empty() || wanted.roles.contains(role);
    // The role of the caller comes first.
    let mut roles: Vec<Role> = ROLES.iter().copied().filter(chosen).collect();
    roles.sort_by_key(|role| Some(*role) != own);
    let links = Links { why: WHY.offered(&can, ()), who: WHO.offered(&can, ()) };
    let groups = groups(&can, &roles, wanted.differences, &links);
    let column = |(at, role): (usize, &Role)| Column { role: *role, own: Some(*role) == own, first: at == 0 };
    let matrix = Matrix {
        choices: ROLES.iter().map(|role| (*role, wanted.roles.contains(role))).collect(),
        roles: roles.iter().enumerate().map(column).collect(),
        differences: wanted.differences,
        shown: groups.iter().map(|group| group.rows.len()).sum(),
        all: ACTIONS.len(),
        groups,
        own,
        narrower: is_narrower(&can),
        ways: [links.who, WHAT.offered(&can, ()), links.why].into_iter().flatten().collect(),
    };
    Page::new("Roles and permissions", &matrix)
}
