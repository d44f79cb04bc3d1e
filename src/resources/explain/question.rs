//! Explains why a caller, a member or a key can do something, or why not.

use super::help::Trial;
use super::known::Known;
use super::paths::paths;
use super::{Case, Explanation, Question, grant_of, particulars, person, store};
use crate::access::{ACTIONS, Action, Ask, Can, Grant, access::Explain, workspace_members::ExplainOthers};
use crate::error::{Error, Result};
use crate::http::{address, hint};
use crate::resources::shapes;
use uuid::Uuid;

pub async fn explain(can: &Can<Explain>, question: Question) -> Result<Explanation> {
    let action = asked_action(&question.permission, question.record.is_some())?;
    let other = other(can, question.principal.as_deref()).await?;
    let subject = other.as_ref().unwrap_or(can.grant());
    let name = match &other {
        Some(other) => Some(person(other, can.reader()).await?),
        None => None,
    };
    let known = match question.record {
        Some(record) => Some(as_seen(can, action, record, other.is_none()).await?),
        None => None,
    };
    let mut ask = Ask::new(action, subject, other.is_none().then(|| can.call()));
    ask.record = known.as_ref().map(|known| known.sight(subject, action));
    let found = match (&name, &known, ask.record) {
        (Some(name), Some(known), Some(sight)) => {
            let case = Case { caller: can, subject, name, action, known, sight };
            particulars(case, can.reader()).await?
        }
        _ => None,
    };
    (ask.whose, ask.particulars) = (name.as_deref(), found.as_deref());
    let decision = ask.explain();
    let would_help = match &known {
        _ if decision.allowed => vec![],
        Some(known) if !known.is_there() => vec![],
        known => {
            let tags = tags(can, subject, known.as_ref()).await?;
            let (call, name) = (ask.call, name.as_deref());
            Trial { action, subject, call, known: known.as_ref(), tags: &tags, name }.helpful()
        }
    };
    Ok(Explanation {
        permission: action.name,
        allowed: decision.allowed,
        sentence: sentence(action, decision.allowed, name.as_deref(), found.as_deref()),
        refused_by: decision.refused_by,
        steps: decision.steps,
        paths: paths(subject, action, known.as_ref()),
        would_help,
    })
}

/// The record in question. A record that the caller cannot find looks like one that does not exist.
async fn as_seen(can: &Can<Explain>, action: &'static Action, record: Uuid, own: bool) -> Result<Known> {
    let may = |action| Ask::new(action, can.grant(), None).refused_by().is_none();
    match may((action.see)()) || own && may(action) {
        true => Known::of(can, action, record, can.reader()).await,
        false => Ok(Known::default()),
    }
}

/// The tags of the subject's limits, by which a record could come within reach.
async fn tags(can: &Can<Explain>, subject: &Grant, known: Option<&Known>) -> Result<Vec<(Uuid, String)>> {
    let all: Vec<Uuid> = subject.tag_limits().iter().flatten().copied().collect();
    match known.is_none() || all.is_empty() {
        true => Ok(vec![]),
        false => store::labels(can, &all).await,
    }
}

/// The principal of a question, if it is not the caller. None for the caller.
pub async fn other(can: &Can<Explain>, principal: Option<&str>) -> Result<Option<Grant>> {
    match principal {
        Some(who) if !is_self(can.grant(), who) => {
            can.also::<ExplainOthers>()?;
            let unknown = || Error::invalid("body/principal must be a member or key of this workspace");
            grant_of(can, who).await?.ok_or_else(unknown).map(Some)
        }
        Some(_) | None => Ok(None),
    }
}

/// The row of the matrix that a question names.
pub fn asked_action(permission: &str, with_record: bool) -> Result<&'static Action> {
    let action = Action::of(permission).ok_or_else(|| {
        let hint = hint(permission, ACTIONS.iter().map(|action| action.name));
        Error::invalid(format!(
            "body/permission must be a row of the access matrix, such as `campaigns:launch`{hint}"
        ))
    })?;
    if with_record && shapes(action).is_empty() {
        let resource = (action.see)().resource;
        return Err(Error::invalid(format!(
            "body/record must be left out for `{}`: a record of `{resource}` cannot be asked about",
            action.name
        )));
    }
    Ok(action)
}

/// "Sarah Lee cannot launch campaigns: this campaign is private and belongs to Tom Day."
fn sentence(action: &Action, allowed: bool, name: Option<&str>, why: Option<&str>) -> String {
    let (who, can) = (name.unwrap_or("You"), if allowed { "can" } else { "cannot" });
    let why = why.filter(|_| !allowed).map_or_else(String::new, |why| format!(": {why}"));
    format!("{who} {can} {}{why}.", does(action))
}

/// The summary of a permission inside a sentence: "launch campaigns".
pub fn does(action: &Action) -> String {
    let mut letters = action.summary.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_lowercase).collect();
    format!("{first}{}", letters.as_str())
}

fn is_self(grant: &Grant, who: &str) -> bool {
    let ids = [grant.key(), grant.member(), grant.user()];
    let person = grant.in_person() && grant.email() == Some(address(who).as_str());
    person || who.parse().is_ok_and(|id| ids.contains(&Some(id)))
}
