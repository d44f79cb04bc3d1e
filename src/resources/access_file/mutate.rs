//! Changes the wanted access a little, and asks whether a test notices. A change that no test notices is a part of the
//! access that the file does not protect.

use super::claims;
use super::file::File;
use super::ground::Ground;
use super::model::{Model, OwnRole};
use super::report::Mutations;
use super::state::Ids;
use crate::access::{Cells, Reach, Role};

/// The most changes that are tried.
const MOST: usize = 400;
/// The most tests of members that all changes together can cost, so that a large file does not keep a thread busy.
const WORK: usize = 500_000;
/// Changes that are listed.
const LISTED: usize = 100;

enum Mutation<'a> {
    WithoutCell(&'a str, &'a str),
    WithoutLimit(&'a str),
    OtherRole(&'a str, Role),
    Unassigned(&'a str),
}

/// Only for a file whose tests hold.
pub fn mutations(file: &File, ground: &Ground, ids: &Ids, model: &Model) -> Mutations {
    let cost = file.tests.len().max(1) * model.members.len().max(1);
    let most = MOST.min(WORK / cost);
    let mut all = Mutations { tried: 0, noticed: 0, missed: vec![] };
    for mutation in mutants(model).take(most) {
        all.tried += 1;
        let judged = claims::judge(file, ground, ids, &mutation.of(model));
        match judged.iter().all(|tested| tested.holds) {
            true if all.missed.len() < LISTED => all.missed.push(mutation.words()),
            true => (),
            false => all.noticed += 1,
        }
    }
    all
}

/// One cell of a custom role, one limit or role of a member, or one assignment at a time.
fn mutants(model: &Model) -> impl Iterator<Item = Mutation<'_>> {
    let cells = model
        .roles
        .iter()
        .flat_map(|(name, role)| role.cells.lines().map(move |(row, _)| Mutation::WithoutCell(name, row)));
    let limits = model.members.iter().filter(|(_, member)| member.tags.is_some());
    let roles = model.members.iter().filter(|(_, member)| member.role != Role::Owner.name());
    let other = |role: &str| if role == Role::View.name() { Role::Admin } else { Role::View };
    let assigned = model.accounts.iter().filter(|(_, account)| account.to.is_some());
    cells
        .chain(limits.map(|(email, _)| Mutation::WithoutLimit(email)))
        .chain(roles.map(move |(email, member)| Mutation::OtherRole(email, other(&member.role))))
        .chain(assigned.map(|(email, _)| Mutation::Unassigned(email)))
}

impl Mutation<'_> {
    fn of(&self, model: &Model) -> Model {
        let mut model = model.clone();
        match *self {
            Mutation::WithoutCell(name, row) => {
                if let Some(role) = model.roles.get_mut(name) {
                    let cells = without(&role.cells, row);
                    *role = OwnRole { base: role.base, cells };
                }
            }
            Mutation::WithoutLimit(email) => {
                if let Some(member) = model.members.get_mut(email) {
                    member.tags = None;
                }
            }
            Mutation::OtherRole(email, role) => {
                if let Some(member) = model.members.get_mut(email) {
                    role.name().clone_into(&mut member.role);
                }
            }
            Mutation::Unassigned(email) => {
                if let Some(account) = model.accounts.get_mut(email) {
                    account.to = None;
                }
            }
        }
        model
    }

    fn words(&self) -> String {
        match self {
            Mutation::WithoutCell(name, row) => format!("the role {name} without {row}"),
            Mutation::WithoutLimit(email) => format!("{email} without a tag limit"),
            Mutation::OtherRole(email, role) => format!("{email} with the role {}", role.name()),
            Mutation::Unassigned(email) => format!("{email} unassigned"),
        }
    }
}

fn without(cells: &Cells, row: &str) -> Cells {
    Cells::new(|action| if action.name == row { Reach::None } else { cells.reach(action) })
}
