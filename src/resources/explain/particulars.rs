//! Says in a sentence what prevents somebody's access to a record. It is for callers who can see the record.

use super::{Known, store};
use crate::access::{Action, Caller, Facts, Grant, Pred, Principal, Reach, Shape, Sight, Who};
use crate::db::Source;
use crate::error::Result;
use crate::resources::users;

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

pub fn named(name: Option<String>, email: Option<String>) -> Option<String> {
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
    /// The record, as the caller sees it.
    pub known: &'a Known,
    /// How the subject sees the record.
    pub sight: Sight,
}

/// None if nothing prevents access, or if the caller does not see the record.
pub async fn particulars(case: Case<'_>, from: impl Into<Source<'_>>) -> Result<Option<String>> {
    let (true, Some((shape, facts))) = (case.sight != Sight::Within, case.known.first()) else {
        return Ok(None);
    };
    let judged = if case.sight == Sight::Hidden { (case.action.see)() } else { case.action };
    let holder = match facts.owner.or(facts.assignee) {
        Some(_) => store::holder(case.caller, facts, from).await?,
        None => None,
    };
    Ok(Some(words(&case, shape, facts, judged, holder)))
}

/// What a record of an action is called.
pub fn noun(action: &'static Action) -> String {
    match (action.see)().resource {
        "accounts" => "sending account".to_owned(),
        resource => resource.trim_end_matches('s').replace('_', " "),
    }
}

fn words(
    case: &Case<'_>,
    shape: &Shape,
    facts: &Facts,
    judged: &'static Action,
    holder: Option<(Option<String>, String)>,
) -> String {
    let (subject, name, what) = (case.subject, case.name, noun(judged));
    let reach = subject.reach(judged);
    if reach == Reach::None {
        return format!("{name} does not have `{}`", judged.name);
    }
    let limits = Pred::new(subject.workspace(), Reach::All, Who::default(), subject.tag_limits());
    if !limits.eval(facts) {
        return format!("this {what} has no tag from the tag limit of {name}");
    }
    let held = held(facts, shape, judged, holder);
    let visibility = if facts.team { "shared with the team" } else { "private" };
    let collaborates = subject.member().is_some_and(|member| facts.collaborators.contains(&member));
    let helper = match (shape.collaborators, collaborates) {
        (Some(_), false) => format!("{name} is not a collaborator on it"),
        (Some(_), true) | (None, _) => String::new(),
    };
    let only = match reach {
        Reach::Own => format!("{name} reaches only their own records"),
        Reach::Assigned => format!("{name} reaches only records that are assigned to them"),
        Reach::All | Reach::Team | Reach::None => String::new(),
    };
    let first = match shape.owner {
        Some(_) if shape.team != Some("true") => format!("this {what} is {visibility} and {held}"),
        Some(_) | None => format!("this {what} {held}"),
    };
    let all = [first, helper, only].into_iter().filter(|part| !part.is_empty());
    all.collect::<Vec<_>>().join("; ")
}

/// Says who owns the record, or to whom it is assigned.
fn held(
    facts: &Facts,
    shape: &Shape,
    judged: &'static Action,
    holder: Option<(Option<String>, String)>,
) -> String {
    let assigned = shape.owner.is_none() || (judged.see)().resource == "leads";
    let held = if assigned { "is assigned to" } else { "belongs to" };
    let name = holder.and_then(|(name, email)| named(name, Some(email)));
    match (facts.owner.or(facts.assignee), name) {
        (_, Some(who)) => format!("{held} {who}"),
        (Some(_), None) => format!("{held} somebody who is not a member any more"),
        (None, None) if assigned => "is unassigned".to_owned(),
        (None, None) => "has no owner".to_owned(),
    }
}
