//! Rotating a key: the form, and the new key, which is shown once.

use super::super::{Advised, ApiKey, Rotation, Scope, advice_about, exceeds};
use super::{LIST, ROTATE, Row, all_tags, created, row};
use crate::access::{Answer, Can, Seen, api_keys::*};
use crate::error::Result;
use crate::http::{Id, Path, Query, optional_not_null};
use crate::web::{Back, Choice, Form, Input, Offer, Page, Posted, Reply};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Template)]
#[template(path = "api_keys/rotate.html")]
struct Rotating {
    row: Row,
    form: Option<Form>,
    back: Option<Offer>,
}

/// Minutes, and what the form calls them.
const OVERLAPS: [(i64, &str); 4] = [
    (0, "Not at all: it stops at once"),
    (60, "1 hour"),
    (24 * 60, "1 day"),
    (super::super::LONGEST_OVERLAP, "7 days"),
];

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct From {
    /// Begin with the suggested scopes.
    suggested: Option<bool>,
}

pub async fn begin(can: Can<Rotate>, Path(Id { id }): Path<Id>, Query(from): Query<From>) -> Result<Page> {
    shown(&can.further()?, id, from.suggested == Some(true), None).await
}

async fn shown(can: &Can<Read>, id: Uuid, suggested: bool, back: Option<&Back>) -> Result<Page> {
    let (key, advised) = advice_about(can, id).await?;
    let tags = all_tags(can).await?;
    let rotating = Rotating {
        form: form(can, &key, &advised, suggested, back)?,
        back: LIST.offered(can, ()).map(|offer| offer.called("Keep the key")),
        row: row(can, (key, advised), &tags),
    };
    Ok(Page::new(format!("Rotate {}", rotating.row.key.name), &rotating)?.coming(back))
}

fn form(
    can: &Can<Read>,
    key: &ApiKey,
    advised: &Advised,
    suggested: bool,
    back: Option<&Back>,
) -> Result<Option<Form>> {
    let Some(offer) = ROTATE.offered(can, key.id).filter(|_| advised.rotates) else {
        return Ok(None);
    };
    let suggestion = advised.suggested.as_deref().unwrap_or_default();
    let mut scopes: Vec<&Scope> = key.scopes.iter().collect();
    scopes.extend(suggestion.iter().filter(|scope| !key.scopes.contains(scope)));
    scopes.retain(|scope| exceeds(can.grant(), scope, key.personal).is_none());
    let chosen = if suggested && !suggestion.is_empty() { suggestion } else { &key.scopes };
    let chosen: Vec<&str> =
        chosen.iter().filter(|scope| scopes.contains(scope)).map(|scope| scope.0.as_str()).collect();
    let overlaps = OVERLAPS.map(|(minutes, words)| Choice::new(minutes.to_string(), words));
    let choices = scopes.iter().map(|scope| Choice::new(scope.0.clone(), scope.0.clone())).collect();
    let form = Form::of::<Rotation>(can, offer)?.called("Rotate the key").once(can)?.back(back);
    let form = form
        .ask(
            Input::new("overlap_minutes", "How long the old key still works")
                .choices(overlaps.into())
                .value("60")
                .help("Choose \"Not at all\" if somebody else might have the key."),
        )
        .ask(
            Input::new("scopes", "Scopes of the new key")
                .choices(choices)
                .value(chosen)
                .help("The new key can have fewer scopes than the old key, but not more."),
        );
    Ok(Some(form))
}

/// The answer shows the key once. Sending the same form again shows that it was made.
pub async fn rotate(can: Can<Rotate>, Path(Id { id }): Path<Id>, posted: Posted<Rotation>) -> Result<Reply> {
    let (look, found) = (can.further::<Read>()?, can.further::<Read>()?);
    let find =
        async move |made| Ok::<Seen<ApiKey>, _>(super::super::show(&found, made).await?.seen_by(&found));
    let make = async |can, wanted: Rotation| super::super::rotate(can, id, wanted).await;
    match posted.creating(can, make, find).await? {
        Ok(key) => {
            let old = super::super::show(&look, id).await?;
            created::page(&look, &key, Some(old.expires_at.filter(|at| *at > look.now())))
        }
        Err(back) => shown(&look, id, false, Some(&back)).await.map(Reply::from),
    }
}
