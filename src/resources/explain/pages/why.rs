//! Why somebody can do something, or cannot: the ten steps as the fence, and what would change the answer.

use super::super::{Explanation, Question, explain, remedy, store};
use super::MATRIX;
use crate::access::{ACTIONS, Action, Can, access::Explain, api_keys, workspace_members::ExplainOthers};
use crate::error::{Error, Result};
use crate::http::{Query, optional_not_null};
use crate::resources::shapes;
use crate::web::{Choice, Offer, Page, Post, fence, reason};
use askama::Template;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Asked {
    #[schemars(length(max = 254))]
    who: Option<String>,
    #[schemars(length(max = 100))]
    permission: Option<String>,
    #[schemars(length(max = 100))]
    record: Option<String>,
}

#[derive(Template)]
#[template(path = "explain/why.html")]
struct Why {
    people: Vec<Choice>,
    permissions: Vec<(String, Vec<&'static Action>)>,
    records: Vec<Choice>,
    /// The permission is about a kind of record that one can ask about.
    has_record: bool,
    who: String,
    permission: String,
    record: String,
    wrong: Option<String>,
    answer: Option<Said>,
    matrix: Option<Offer>,
}

struct Said {
    allowed: bool,
    sentence: String,
    fence: Vec<Post>,
    steps: Vec<Step>,
    remedies: Vec<String>,
}

struct Step {
    name: &'static str,
    holds: bool,
    /// HTML.
    reason: String,
}

fn given(text: Option<&String>) -> String {
    text.map(|text| text.trim().to_owned()).unwrap_or_default()
}

pub async fn why(can: Can<Explain>, Query(asked): Query<Asked>) -> Result<Page> {
    let (who, permission) = (given(asked.who.as_ref()), given(asked.permission.as_ref()));
    let record = given(asked.record.as_ref());
    let action = Action::of(&permission);
    let people = people(&can).await?;
    let records = match action {
        Some(action) => records(&can, action).await?,
        None => vec![],
    };
    let (answer, wrong) = match permission.is_empty() {
        true => (None, None),
        false => match answered(&can, &who, &permission, &record, &people).await {
            Ok(said) => (Some(said), None),
            Err(Error::Invalid(message)) => (None, Some(plainly(&message))),
            Err(error) => return Err(error),
        },
    };
    let status = if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let why = Why {
        people,
        permissions: by_resource(),
        records,
        has_record: action.is_some_and(|action| !shapes(action).is_empty()),
        who,
        permission,
        record,
        wrong,
        answer,
        matrix: MATRIX.offered(&can, ()),
    };
    Ok(Page::new("Why, and why not", &why)?.with_status(status))
}

fn plainly(message: &str) -> String {
    match message {
        _ if message.starts_with("body/principal") => {
            "This is not a member or a key of this workspace.".to_owned()
        }
        _ if message.starts_with("body/record") => {
            "Give the id of a record, or leave the field empty.".to_owned()
        }
        _ => "Choose a permission from the list.".to_owned(),
    }
}

async fn answered(
    can: &Can<Explain>,
    who: &str,
    permission: &str,
    record: &str,
    people: &[Choice],
) -> Result<Said> {
    let wrong = |_| Error::invalid("body/record must be an id");
    let record =
        Some(record).filter(|record| !record.is_empty()).map(|id| id.parse().map_err(wrong)).transpose()?;
    let principal = Some(who.to_owned()).filter(|who| !who.is_empty());
    let named = people.iter().find(|choice| choice.value == who).map(|choice| choice.label.clone());
    let name = principal.as_ref().map(|who| named.unwrap_or_else(|| who.clone()));
    let question = Question { principal, permission: permission.to_owned(), record };
    Ok(said(explain(can, question).await?, name))
}

fn said(explanation: Explanation, name: Option<String>) -> Said {
    let action = Action::of(explanation.permission);
    let summary = action.map_or("", |action| action.summary);
    let mut letters = summary.chars();
    let first = letters.next().into_iter().flat_map(char::to_lowercase).collect::<String>();
    let does = format!("{first}{}", letters.as_str());
    let who = name.unwrap_or_else(|| "You".to_owned());
    let sentence = match explanation.allowed {
        true => format!("Yes. {who} can {does}."),
        false => format!("No. {who} cannot {does}."),
    };
    let step = |verdict: &crate::access::Verdict| Step {
        name: verdict.step.name(),
        holds: verdict.holds,
        reason: reason(&verdict.reason),
    };
    Said {
        allowed: explanation.allowed,
        sentence,
        fence: fence(explanation.refused_by),
        steps: explanation.steps.iter().map(step).collect(),
        remedies: action.map(|action| remedy::remedies(action, explanation.refused_by)).unwrap_or_default(),
    }
}

/// Those about whom the caller can ask: themselves, and for owners and admins also others.
async fn people(can: &Can<Explain>) -> Result<Vec<Choice>> {
    let mut people = vec![Choice::new("", "You")];
    let Ok(others) = can.further::<ExplainOthers>() else { return Ok(people) };
    let members = store::members(&others).await?;
    people.extend(members.into_iter().map(|(id, email)| Choice::new(id, email).under("Members")));
    if let Ok(keys) = can.further::<api_keys::Read>() {
        let keys = store::keys(&keys).await?;
        people.extend(keys.into_iter().map(|(id, name)| Choice::new(id, name).under("API keys")));
    }
    Ok(people)
}

/// The column with the name of a record.
fn name_of(resource: &str) -> Option<&'static str> {
    Some(match resource {
        "campaigns" => "c.name",
        "accounts" => "a.email",
        "lead_lists" => "i.name",
        "leads" => "coalesce(l.email, '')",
        _ => return None,
    })
}

/// The newest records that the caller sees and could ask about.
async fn records(can: &Can<Explain>, action: &'static Action) -> Result<Vec<Choice>> {
    let see = (action.see)();
    let (Some(shape), Some(name)) = (shapes(action).into_iter().next(), name_of(see.resource)) else {
        return Ok(vec![]);
    };
    if !can.may(see) {
        return Ok(vec![]);
    }
    let found = store::records(can, action, shape, name).await?;
    Ok(found.into_iter().map(|(id, name)| Choice::new(id, name)).collect())
}

fn by_resource() -> Vec<(String, Vec<&'static Action>)> {
    let mut groups: Vec<(String, Vec<&'static Action>)> = Vec::new();
    for action in ACTIONS.iter().copied() {
        let name = action.resource.replace('_', " ");
        match groups.last_mut() {
            Some((last, some)) if *last == name => some.push(action),
            _ => groups.push((name, vec![action])),
        }
    }
    groups
}
