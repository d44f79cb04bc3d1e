//! Two pages about rights: the matrix of roles and permissions, and why somebody can do something or cannot.

mod why;

use super::matrix::{Group, groups, is_narrower};
use crate::access::{ACTIONS, Can, ROLES, Role, access::*};
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

async fn matrix(can: Can<Read>, Query(wanted): Query<Compared>) -> Result<Page> {
    let own = can.role();
    let chosen = |role: &Role| wanted.roles.is_empty() || wanted.roles.contains(role);
    // The role of the caller comes first.
    let mut roles: Vec<Role> = ROLES.iter().copied().filter(chosen).collect();
    roles.sort_by_key(|role| Some(*role) != own);
    let why = WHY.offered(&can, ());
    let groups = groups(&can, &roles, wanted.differences, why.as_ref());
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
        why,
    };
    Page::new("Roles and permissions", &matrix)
}
