//! Why somebody can do something, or cannot: the ten steps as the fence, and what would change the answer.

use super::super::{Explanation, Question, explain, remedy};
use super::{MATRIX, WHO, answer, by_resource, given, is_about_records, people, record_of, records, status};
use crate::access::{Action, Can, access::Explain};
use crate::error::Result;
use crate::http::{Query, optional_not_null};
use crate::web::{Choice, Offer, Page, Post, fence, reason};
use askama::Template;
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
    let records = records(&can, action).await?;
    let (answer, wrong) = match permission.is_empty() {
        true => (None, None),
        false => answer(answered(&can, &who, &permission, &record).await)?,
    };
    let everybody = WHO.offered(&can, ()).filter(|_| answer.is_some());
    let everybody = everybody.map(|offer| offer.with(&[("permission", &permission), ("record", &record)]));
    let status = status(wrong.as_ref());
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
