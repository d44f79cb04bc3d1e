//! Why somebody can do something, or cannot: the ten steps as the fence, and what would change the answer.

use super::super::{Explanation, Question, explain, remedy};
use super::{MATRIX, WHO, by_resource, given, is_about_records, people, plainly, record_of, records};
use crate::access::{Action, Can, access::Explain};
use crate::error::{Error, Result};
use crate::http::{Query, optional_not_null};
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
    /// Who else can do it.
    everybody: Option<Offer>,
}

struct Said {
    allowed: bool,
    sentence: String,
    fence: Vec<Post>,
    steps: Vec<Step>,
    /// What gives the permission.
    paths: Vec<String>,
    /// HTML.
    helps: Vec<String>,
    remedy: Option<&'static str>,
}

struct Step {
    name: &'static str,
    holds: bool,
    /// HTML.
    reason: String,
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
        false => match answered(&can, &who, &permission, &record).await {
            Ok(said) => (Some(said), None),
            Err(Error::Invalid(message)) => (None, Some(plainly(&message))),
            Err(error) => return Err(error),
        },
    };
    let everybody = WHO.offered(&can, ()).filter(|_| answer.is_some());
    let everybody = everybody.map(|offer| offer.with(&[("permission", &permission), ("record", &record)]));
    let status = if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    let why = Why {
        people,
        permissions: by_resource(),
        records,
        has_record: action.is_some_and(is_about_records),
        who,
        permission,
        record,
        wrong,
        answer,
        matrix: MATRIX.offered(&can, ()),
        everybody,
    };
    Ok(Page::new("Why, and why not", &why)?.with_status(status))
}

async fn answered(can: &Can<Explain>, who: &str, permission: &str, record: &str) -> Result<Said> {
    let record = record_of(record)?;
    let principal = Some(who.to_owned()).filter(|who| !who.is_empty());
    let question = Question { principal, permission: permission.to_owned(), record };
    Ok(said(explain(can, question).await?))
}

fn said(explanation: Explanation) -> Said {
    let first = if explanation.allowed { "Yes" } else { "No" };
    let step = |verdict: &crate::access::Verdict| Step {
        name: verdict.step.name(),
        holds: verdict.holds,
        reason: reason(&verdict.reason),
    };
    Said {
        allowed: explanation.allowed,
        sentence: format!("{first}. {}", explanation.sentence),
        fence: fence(explanation.refused_by),
        steps: explanation.steps.iter().map(step).collect(),
        paths: explanation.paths.into_iter().map(|path| path.detail).collect(),
        helps: explanation.would_help.into_iter().map(|help| reason(&help.text)).collect(),
        remedy: remedy::remedy(explanation.refused_by),
    }
}
