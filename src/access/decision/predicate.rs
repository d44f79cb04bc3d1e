//! Which records a reach contains, as one value that judges a record in memory and writes itself as SQL. Lists, counts,
//! finders and explanations all use it, so they agree.

use crate::access::Reach;
use crate::db::{Part, Record, Row, ids};
use crate::error::Result;
use serde::Serialize;
use uuid::Uuid;

/// There is no `not`, so a null counts as false, and a missing value never gives access.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Pred {
    And(Vec<Pred>),
    Or(Vec<Pred>),
    Workspace(Uuid),
    Team,
    /// A user.
    Owner(Uuid),
    /// Members.
    Collaborator(Uuid),
    Assigned(Uuid),
    Tag(Uuid),
}

/// The facts of a record on which a predicate depends.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub workspace: Uuid,
    pub team: bool,
    pub owner: Option<Uuid>,
    pub assignee: Option<Uuid>,
    pub collaborators: Vec<Uuid>,
    pub tags: Vec<Uuid>,
}

/// Where a resource keeps those facts. A fact that it does not have is false for all its records. A column can be null:
/// then the comparison is null, which counts as false because [`Pred`] has no `not`.
#[derive(Clone, Copy)]
pub struct Shape {
    /// The table and its alias, and the column of its id.
    pub from: &'static str,
    pub id: &'static str,
    pub workspace: &'static str,
    /// A condition.
    pub team: Option<&'static str>,
    /// Columns.
    pub owner: Option<&'static str>,
    pub assignee: Option<&'static str>,
    /// Subqueries.
    pub collaborators: Option<&'static str>,
    pub tags: Option<&'static str>,
}

/// What [`Shape::facts`] selects.
impl Record for Facts {
    const COLUMNS: &'static str = "";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Facts {
            workspace: row.take()?,
            team: row.take()?,
            owner: row.take()?,
            assignee: row.take()?,
            collaborators: ids(row.take()?)?,
            tags: ids(row.take()?)?,
        })
    }
}

impl Shape {
    /// Fills `{facts}`, the columns of [`Facts`].
    pub fn facts(self) -> impl FnOnce(&mut Part) {
        move |out| {
            let none = "cast(null as uuid)";
            out.push(self.workspace)
                .push(", coalesce(")
                .push(self.team.unwrap_or("false"))
                .push(", false), ");
            out.push(self.owner.unwrap_or(none)).push(", ").push(self.assignee.unwrap_or(none));
            for ids in [self.collaborators, self.tags] {
                out.push(", (select string_agg(uuid_text(x.id), ',') from (select ")
                    .push(none)
                    .push(" as id where false");
                out.push(ids.map_or("", |_| " union all ")).push(ids.unwrap_or("")).push(") x)");
            }
        }
    }

    pub const fn bare(from: &'static str, id: &'static str, workspace: &'static str) -> Self {
        Shape {
            from,
            id,
            workspace,
            team: None,
            owner: None,
            assignee: None,
            collaborators: None,
            tags: None,
        }
    }
}

/// The person behind a caller. A workspace key has neither, and its reach is `All` or `Team`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Who {
    pub user: Option<Uuid>,
    pub member: Option<Uuid>,
}

impl Pred {
    /// A record must satisfy every tag limit.
    pub fn new(workspace: Uuid, reach: Reach, who: Who, limits: &[Vec<Uuid>]) -> Pred {
        let own = || who.user.map(Pred::Owner).into_iter().chain(who.member.map(Pred::Collaborator));
        let assigned = || who.member.map(Pred::Assigned);
        let reach = match reach {
            Reach::All => Pred::And(vec![]),
            Reach::Team => Pred::Or([Pred::Team].into_iter().chain(own()).chain(assigned()).collect()),
            Reach::Own => Pred::Or(own().collect()),
            Reach::Assigned => Pred::Or(assigned().into_iter().collect()),
            Reach::None => Pred::Or(vec![]),
        };
        let limits = limits.iter().map(|tags| Pred::Or(tags.iter().copied().map(Pred::Tag).collect()));
        Pred::And([Pred::Workspace(workspace), reach].into_iter().chain(limits).collect())
    }

    pub fn eval(&self, facts: &Facts) -> bool {
        match self {
            Pred::And(all) => all.iter().all(|pred| pred.eval(facts)),
            Pred::Or(any) => any.iter().any(|pred| pred.eval(facts)),
            Pred::Workspace(workspace) => facts.workspace == *workspace,
            Pred::Team => facts.team,
            Pred::Owner(user) => facts.owner == Some(*user),
            Pred::Collaborator(member) => facts.collaborators.contains(member),
            Pred::Assigned(member) => facts.assignee == Some(*member),
            Pred::Tag(tag) => facts.tags.contains(tag),
        }
    }

    /// The parts that hold for a record because of a fact. They say why the record is within reach.
    pub fn holding(&self, facts: &Facts) -> Vec<&Pred> {
        match self {
            Pred::And(some) | Pred::Or(some) => some.iter().flat_map(|pred| pred.holding(facts)).collect(),
            Pred::Workspace(_) => vec![],
            Pred::Team | Pred::Owner(_) | Pred::Collaborator(_) | Pred::Assigned(_) | Pred::Tag(_) => {
                Some(self).filter(|pred| pred.eval(facts)).into_iter().collect()
            }
        }
    }

    pub fn sql(&self, shape: &Shape, out: &mut Part) {
        match self {
            Pred::And(all) => joined(all, "true", " and ", shape, out),
            Pred::Or(any) => joined(any, "false", " or ", shape, out),
            Pred::Workspace(workspace) => equal(Some(shape.workspace), *workspace, out),
            Pred::Team => {
                out.push(shape.team.unwrap_or("false"));
            }
            Pred::Owner(user) => equal(shape.owner, *user, out),
            Pred::Assigned(member) => equal(shape.assignee, *member, out),
            Pred::Collaborator(member) => among(shape.collaborators, *member, out),
            Pred::Tag(tag) => among(shape.tags, *tag, out),
        }
    }

    /// As a condition for a hole of a statement.
    pub fn condition(self, shape: Shape) -> impl FnOnce(&mut Part) {
        move |out| self.sql(&shape, out)
    }

    /// As a column, where null has to become false.
    pub fn column(self, shape: Shape) -> impl FnOnce(&mut Part) {
        move |out| {
            out.push("coalesce(");
            self.sql(&shape, out);
            out.push(", false)");
        }
    }
}

fn equal(column: Option<&str>, id: Uuid, out: &mut Part) {
    match column {
        Some(column) => out.push(column).push(" = ").bind(id),
        None => out.push("false"),
    };
}

fn among(subquery: Option<&str>, id: Uuid, out: &mut Part) {
    match subquery {
        Some(subquery) => out.bind(id).push(" in (").push(subquery).push(")"),
        None => out.push("false"),
    };
}

/// An empty `and` is true, and an empty `or` is false, so a member who reaches nothing sees nothing.
fn joined(preds: &[Pred], empty: &str, by: &str, shape: &Shape, out: &mut Part) {
    out.push(if preds.is_empty() { empty } else { "(" });
    for (i, pred) in preds.iter().enumerate() {
        out.push(if i > 0 { by } else { "" });
        pred.sql(shape, out);
    }
    out.push(if preds.is_empty() { "" } else { ")" });
}
