//! What the forms of questions about rights ask for: a person or key, a permission and a record.

use super::super::store;
use super::super::what::name_of;
use crate::access::{
    ACTIONS, Action, Caller, Can, access::Explain, api_keys, workspace_members::ExplainOthers,
};
use crate::error::{Error, Result};
use crate::resources::shapes;
use crate::web::Choice;
use axum::http::StatusCode;
use uuid::Uuid;

pub fn given(text: Option<&String>) -> String {
    text.map(|text| text.trim().to_owned()).unwrap_or_default()
}

/// The error for a record that the caller does not see.
pub const HIDDEN: &str = "body/record must be a record that you see";

/// The answer to a question, or what was wrong with the question.
pub fn answer<T>(answered: Result<T>) -> Result<(Option<T>, Option<String>)> {
    match answered {
        Ok(answer) => Ok((Some(answer), None)),
        Err(Error::Invalid(message)) => Ok((None, Some(plainly(&message)))),
        Err(error) => Err(error),
    }
}

/// A page that shows what was wrong is not a success.
pub fn status(wrong: Option<&String>) -> StatusCode {
    if wrong.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK }
}

/// What was wrong with a question, for people.
fn plainly(message: &str) -> String {
    match message {
        HIDDEN => "There is no such record, or you cannot see it.".to_owned(),
        _ if message.starts_with("body/principal") => {
            "This is not a member or a key of this workspace.".to_owned()
        }
        _ if message.starts_with("body/record") => {
            "Enter the ID of a record, or leave the field empty.".to_owned()
        }
        _ => "Choose a permission from the list.".to_owned(),
    }
}

/// The id that somebody typed. None for an empty field.
pub fn record_of(text: &str) -> Result<Option<Uuid>> {
    let wrong = |_| Error::invalid("body/record must be an id");
    Some(text).filter(|text| !text.is_empty()).map(|id| id.parse().map_err(wrong)).transpose()
}

/// Whether a question about this permission can name a record.
pub fn is_about_records(action: &'static Action) -> bool {
    !shapes(action).is_empty()
}

/// Those about whom the caller can ask: themselves, and for owners and admins also others.
pub async fn people(can: &Can<Explain>) -> Result<Vec<Choice>> {
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

/// The newest records that the caller sees and could ask about.
pub async fn records(can: &Caller, action: Option<&'static Action>) -> Result<Vec<Choice>> {
    let Some(action) = action else { return Ok(vec![]) };
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

pub fn by_resource() -> Vec<(String, Vec<&'static Action>)> {
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
