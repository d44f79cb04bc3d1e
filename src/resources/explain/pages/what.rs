//! What somebody can do: each permission with its reach, or the records that one of them reaches.

use super::super::{HeldRow, Reached, WhatAnswer, WhatQuestion, what_can};
use super::{MATRIX, WHAT, WHO, WHY, answer, by_resource, given, people, status};
use crate::access::{Action, Can, access::Explain};
use crate::error::Result;
use crate::http::{Query, optional_not_null};
use crate::resources::api_keys::number;
use crate::web::{Choice, Offer, Page};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Asked {
    #[schemars(length(max = 254))]
    who: Option<String>,
    #[schemars(length(max = 100))]
    permission: Option<String>,
    starting_after: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "explain/what.html")]
struct What {
    people: Vec<Choice>,
    permissions: Vec<(String, Vec<&'static Action>)>,
    who: String,
    permission: String,
    wrong: Option<String>,
    answer: Option<Said>,
    matrix: Option<Offer>,
}

struct Said {
    sentence: String,
    rows: Vec<Row>,
    /// The records, if the question names a permission that is about records.
    records: Option<Vec<Found>>,
    older: Option<Offer>,
    /// Why they do not have the permission.
    why: Option<Offer>,
}

struct Row {
    held: HeldRow,
    records: Option<Offer>,
    who: Option<Offer>,
}

impl Row {
    fn many(&self) -> String {
        self.held.records.as_ref().map(number).unwrap_or_default()
    }
}

struct Found {
    record: Reached,
    why: Option<Offer>,
}

pub async fn what(can: Can<Explain>, Query(asked): Query<Asked>) -> Result<Page> {
    let (who, permission) = (given(asked.who.as_ref()), given(asked.permission.as_ref()));
    let people = people(&can).await?;
    let (answer, wrong) = answer(answered(&can, &who, &permission, asked.starting_after).await)?;
    let status = status(wrong.as_ref());
    let what = What {
        people,
        permissions: by_resource(),
        who,
        permission,
        wrong,
        answer,
        matrix: MATRIX.offered(&can, ()),
    };
    Ok(Page::new("What can", &what)?.with_status(status))
}

async fn answered(
    can: &Can<Explain>,
    who: &str,
    permission: &str,
    starting_after: Option<Uuid>,
) -> Result<Said> {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let question =
        WhatQuestion { principal: some(who), permission: some(permission), limit: None, starting_after };
    let answer = what_can(can, question).await?;
    let sentence = sentence(&answer, who.is_empty(), permission);
    let row = |held: HeldRow| Row {
        records: held.records.filter(|many| *many > 0).and_then(|_| {
            Some(WHAT.offered(can, ())?.with(&[("who", who), ("permission", held.permission)]))
        }),
        who: WHO.offered(can, ()).map(|offer| {
            offer.called("Who else").about(held.permission).with(&[("permission", held.permission)])
        }),
        held,
    };
    let found = |record: Reached| Found {
        why: WHY.offered(can, ()).map(|offer| {
            let id = record.id.to_string();
            let offer = offer.called("Why").about(record.label.clone().unwrap_or_else(|| id.clone()));
            offer.with(&[("who", who), ("permission", permission), ("record", &id)])
        }),
        record,
    };
    let older = answer.next_starting_after.and_then(|next| {
        let query = [("who", who), ("permission", permission), ("starting_after", &next.to_string())];
        Some(WHAT.offered(can, ())?.called("Older").with(&query))
    });
    let lacks = !permission.is_empty() && answer.permissions.is_empty();
    let why = WHY.offered(can, ()).filter(|_| lacks);
    Ok(Said {
        sentence,
        rows: answer.permissions.into_iter().map(row).collect(),
        records: answer.records.map(|records| records.into_iter().map(found).collect()),
        older,
        why: why.map(|why| why.with(&[("who", who), ("permission", permission)])),
    })
}

fn sentence(answer: &WhatAnswer, own: bool, permission: &str) -> String {
    let who = if own { "You" } else { answer.label.as_str() };
    let has = if own { "have" } else { "has" };
    let many = answer.permissions.len();
    match (permission.is_empty(), many) {
        (false, 0) if own => "You do not have this permission.".to_owned(),
        (false, 0) => format!("{who} does not have this permission."),
        (false, _) => format!("{who} {has} this permission."),
        (true, 1) => format!("{who} {has} the role {} and 1 permission.", answer.role),
        (true, _) => format!("{who} {has} the role {} and {many} permissions.", answer.role),
    }
}
