//! Who can do something: everybody whom the decision lets through, with the reasons, and how many it refuses at which step.

use super::super::question::does;
use super::super::{Allowed, Refused, WhoAnswer, WhoQuestion, who_can};
use super::{
    HIDDEN, MATRIX, WHAT, WHO, WHY, answer, by_resource, given, is_about_records, record_of, records, status,
};
use crate::access::{Action, Can, PrincipalKind, access::WhoCan};
use crate::error::{Error, Result};
use crate::http::{Query, optional_not_null};
use crate::web::{Choice, Offer, Page};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Asked {
    #[schemars(length(max = 100))]
    permission: Option<String>,
    #[schemars(length(max = 100))]
    record: Option<String>,
    starting_after: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "explain/who.html")]
struct Who {
    permissions: Vec<(String, Vec<&'static Action>)>,
    records: Vec<Choice>,
    /// A question about this permission can name a record.
    has_record: bool,
    permission: String,
    record: String,
    wrong: Option<String>,
    answer: Option<Said>,
    matrix: Option<Offer>,
}

struct Said {
    sentence: String,
    rows: Vec<Row>,
    refused: Vec<Refused>,
    older: Option<Offer>,
}

struct Row {
    allowed: Allowed,
    what: Option<Offer>,
    why: Option<Offer>,
}

impl Row {
    /// The page of all that they can do.
    fn what(&self) -> &str {
        self.what.as_ref().map_or("", Offer::href)
    }

    /// The name of the person, and what the principal is.
    fn about(&self) -> String {
        let kind = match self.allowed.kind {
            PrincipalKind::Member => "member",
            PrincipalKind::Key => "API key",
            PrincipalKind::AdminWorkspace => "admin workspace",
            PrincipalKind::Invitation => "invitation, not accepted yet",
        };
        match &self.allowed.name {
            Some(name) => format!("{name}, {kind}"),
            None => kind.to_owned(),
        }
    }
}

pub async fn who(can: Can<WhoCan>, Query(asked): Query<Asked>) -> Result<Page> {
    let permission = given(asked.permission.as_ref());
    let record = given(asked.record.as_ref());
    let action = Action::of(&permission);
    let records = records(&can, action).await?;
    let (answer, wrong) = match permission.is_empty() {
        true => (None, None),
        false => answer(answered(&can, &permission, &record, asked.starting_after).await)?,
    };
    let status = status(wrong.as_ref());
    let who = Who {
        permissions: by_resource(),
        records,
        has_record: action.is_some_and(is_about_records),
        permission,
        record,
        wrong,
        answer,
        matrix: MATRIX.offered(&can, ()),
    };
    Ok(Page::new("Who can", &who)?.with_status(status))
}

async fn answered(
    can: &Can<WhoCan>,
    permission: &str,
    record: &str,
    starting_after: Option<Uuid>,
) -> Result<Said> {
    let id = record_of(record)?;
    let question = WhoQuestion { permission: permission.to_owned(), record: id, limit: None, starting_after };
    let answer = match who_can(can, question).await {
        Err(Error::Refused { hidden: true, .. }) => return Err(Error::invalid(HIDDEN)),
        answer => answer?,
    };
    let row = |allowed: Allowed| {
        let id = allowed.id.to_string();
        let named = |offer: Option<Offer>, query: &[(&str, &str)]| {
            let is_one = matches!(allowed.kind, PrincipalKind::Member | PrincipalKind::Key);
            offer.filter(|_| is_one).map(|offer| offer.about(&allowed.label).with(query))
        };
        Row {
            what: named(WHAT.offered(can, ()), &[("who", &id)]),
            why: named(WHY.offered(can, ()), &[("who", &id), ("permission", permission), ("record", record)])
                .map(|offer| offer.called("Why")),
            allowed,
        }
    };
    let older = answer.next_starting_after.and_then(|next| {
        let query = [("permission", permission), ("record", record), ("starting_after", &next.to_string())];
        Some(WHO.offered(can, ())?.called("Older").with(&query))
    });
    Ok(Said {
        sentence: sentence(&answer),
        rows: answer.items.into_iter().map(row).collect(),
        refused: answer.refused,
        older,
    })
}

fn sentence(answer: &WhoAnswer) -> String {
    let does = Action::of(answer.permission).map(does).unwrap_or_default();
    let with = if answer.record.is_some() { ", with this record" } else { "" };
    let refused: usize = answer.refused.iter().map(|refused| refused.principals).sum();
    format!("{} of {} people and keys can {does}{with}.", answer.allowed, answer.allowed + refused)
}
