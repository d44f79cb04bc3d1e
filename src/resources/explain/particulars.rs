//! Says in a sentence what prevents somebody's access to a record. It is for callers who can see the record.

use super::store::{self, Facts};
use crate::access::{Action, Caller, Grant, Principal, Reach, Shape, Sight};
use crate::db::Source;
use crate::error::Result;
use crate::resources::{shapes, users};
use uuid::Uuid;

/// The name of the person or key that an explanation is about.
pub async fn person(subject: &Grant, from: impl Into<Source<'_>>) -> Result<String> {
    let name = match subject.user() {
        Some(user) => users::full_name(from, user).await?,
        None => None,
    };
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

/// What a caller asks about somebody and a record.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    pub caller: &'a Caller,
    pub subject: &'a Grant,
    /// The subject's name, from [`person`].
    pub name: &'a str,
    pub action: &'static Action,
    pub record: Uuid,
    /// How the subject sees the record.
    pub sight: Sight,
}

/// None if nothing prevents access, or if the caller does not see the record.
pub async fn particulars(case: Case<'_>, from: impl Into<Source<'_>>) -> Result<Option<String>> {
    let shape = shapes(case.action).into_iter().next();
    let (true, Some(shape)) = (case.sight != Sight::Within, shape) else { return Ok(None) };
    let judged = if case.sight == Sight::Hidden { (case.action.see)() } else { case.action };
    let found = store::facts(&case, shape, from).await?;
    Ok(found.map(|facts| facts.words(shape, case.subject, case.name, judged)))
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

/// Says who owns the record, or to whom it is assigned.
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
