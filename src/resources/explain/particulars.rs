//! What stands between somebody and a record, in a sentence about them: for a caller who may see the record.

use super::store::column;
use crate::access::{Action, Grant, Pred, Principal, Reach, Shape, Sight, Who};
use crate::db::{Record, Row, Source, sql};
use crate::error::Result;
use crate::resources::shapes;
use uuid::Uuid;

/// What to call the person or the key that an explanation is about.
pub async fn person(subject: &Grant, from: impl Into<Source<'_>>) -> Result<String> {
    let name =
        sql("select u.first_name || ' ' || u.last_name from users u where u.id = $1").bind(subject.user());
    let name: Option<String> = name.optional(from).await?;
    let person = named(name, subject.email().map(str::to_owned));
    Ok(match (subject.principal(), person) {
        (Principal::Key { name, .. }, Some(person)) => format!("the key `{name}` of {person}"),
        (Principal::Key { name, .. }, None) => format!("the key `{name}`"),
        (_, person) => person.unwrap_or_else(|| subject.label()),
    })
}

fn named(name: Option<String>, email: Option<String>) -> Option<String> {
    name.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).or(email)
}

/// The facts of a record on which access depends, as far as they concern somebody.
struct Facts {
    team: bool,
    /// The user who owns it, or the member to whom it is assigned.
    holder: Option<Uuid>,
    name: Option<String>,
    email: Option<String>,
    collaborates: bool,
    within_limits: bool,
}
impl Record for Facts {
    const COLUMNS: &'static str = "";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Facts {
            team: row.take()?,
            holder: row.take()?,
            name: row.take()?,
            email: row.take()?,
            collaborates: row.take()?,
            within_limits: row.take()?,
        })
    }
}

/// None where nothing stands in the way, and where the caller does not see the record either.
pub async fn particulars(
    (caller, subject, name): (&Grant, &Grant, &str),
    (action, record, sight): (&'static Action, Uuid, Sight),
    from: impl Into<Source<'_>>,
) -> Result<Option<String>> {
    let see = (action.see)();
    let (true, Some(shape)) = (sight != Sight::Within, shapes(action).into_iter().next()) else {
        return Ok(None);
    };
    let (workspace, limits) = (subject.workspace(), subject.tag_limits());
    let helps = Pred::Or(subject.member().map(Pred::Collaborator).into_iter().collect());
    let limits = Pred::new(workspace, Reach::All, Who::default(), limits);
    let found = sql("select coalesce({team}, false), {holder}, u.first_name || ' ' || u.last_name, o.email, {seen}, {within} \
         from {from} left join members o on o.workspace_id = $2 and {held} \
         left join users u on u.id = o.user_id where {id} = $1 and {visible}")
    .bind(record)
    .bind(workspace)
    .fill_text("{team}", shape.team.unwrap_or("false"))
    .fill_text("{holder}", holder(shape).unwrap_or("cast(null as uuid)"))
    .fill_text("{from}", shape.from)
    .fill_text("{id}", shape.id)
    .fill("{held}", |out| {
        match (shape.owner, shape.assignee) {
            (Some(owner), _) => out.push("o.user_id = ").push(owner),
            (None, Some(assignee)) => out.push("o.id = ").push(assignee),
            (None, None) => out.push("false"),
        };
    })
    .fill("{seen}", column(helps, shape))
    .fill("{within}", column(limits, shape))
    .fill("{visible}", |out| caller.pred(see).sql(shape, out))
    .optional::<Facts>(from);
    let judged = if sight == Sight::Hidden { see } else { action };
    Ok(found.await?.map(|facts| facts.words(shape, subject, name, judged)))
}

fn holder(shape: &Shape) -> Option<&'static str> {
    shape.owner.or(shape.assignee)
}

impl Facts {
    fn words(self, shape: &Shape, subject: &Grant, name: &str, judged: &'static Action) -> String {
        let what = match (judged.see)().resource {
            "accounts" => "sending account".to_owned(),
            resource => resource.trim_end_matches('s').replace('_', " "),
        };
        let reach = subject.reach(judged);
        if reach == Reach::None {
            return format!("{name} does not have `{}`", judged.name);
        }
        if !self.within_limits {
            return format!("this {what} carries no tag of the tag limit of {name}");
        }
        let held = held(&self, shape, judged);
        let visibility = if self.team { "shared with the team" } else { "private" };
        let helper = match (shape.collaborators, self.collaborates) {
            (Some(_), false) => format!("{name} is not a collaborator on it"),
            (Some(_), true) | (None, _) => String::new(),
        };
        let only = match reach {
            Reach::Own => format!("{name} reaches only their own"),
            Reach::Assigned => format!("{name} reaches only what is assigned to them"),
            Reach::All | Reach::Team | Reach::None => String::new(),
        };
        let first = match shape.owner {
            Some(_) if shape.team != Some("true") => format!("this {what} is {visibility} and {held}"),
            Some(_) | None => format!("this {what} {held}"),
        };
        let all = [first, helper, only].into_iter().filter(|part| !part.is_empty());
        all.collect::<Vec<_>>().join("; ")
    }
}

/// Whose it is.
fn held(facts: &Facts, shape: &Shape, judged: &'static Action) -> String {
    let assigned = shape.owner.is_none() || (judged.see)().resource == "leads";
    let held = if assigned { "is assigned to" } else { "belongs to" };
    match (facts.holder, named(facts.name.clone(), facts.email.clone())) {
        (_, Some(who)) => format!("{held} {who}"),
        (Some(_), None) => format!("{held} somebody who is not a member any more"),
        (None, None) if assigned => "is unassigned".to_owned(),
        (None, None) => "has no owner".to_owned(),
    }
}
