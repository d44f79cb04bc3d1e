//! Extractors for the path and the query string.

use super::alias;
use super::describe::{names_of, unreadable};
use super::reading::operation;
use super::schema::{check, typed};
use crate::error::{Error, Result};
use crate::time::Time;
use aide::{OperationInput, generate::GenContext, openapi::Operation};
use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, MatchedPath, Request};
use axum::http::request::Parts;
use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use uuid::Uuid;

/// The most ids in a filter.
const IDS: usize = 100;

/// The query string, checked against its schema as a body is. A value that does not fit, or a parameter that the
/// operation does not know, is a 400 that names the parameter: a misspelt filter must not select everything.
pub struct Query<T>(pub T);

const ROOT: &str = "querystring";

/// Marks a request whose query string was checked.
#[derive(Clone, Copy)]
struct Checked;

impl<T: DeserializeOwned + JsonSchema + 'static, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let text = parts.uri.query().unwrap_or_default();
        let mut query = typed::<T>(text)?;
        if check::<T>(ROOT, &query).is_err() {
            if let serde_json::Value::Object(fields) = &mut query {
                alias::rename(&operation(&parts.method, parts.extensions.get::<MatchedPath>()), fields);
            }
            check::<T>(ROOT, &query)?;
        }
        if !text.is_empty() {
            parts.extensions.insert(Checked);
        }
        let again = || typed::<T>(text).map_or_else(|error| error, |query| unreadable::<T>(ROOT, query));
        serde_json::from_value(query).map(Query).map_err(|_| again())
    }
}

/// Refuses parameters where no extractor has read them.
pub fn none_unread(request: &Request) -> Result<()> {
    match request.uri().query() {
        Some(query) if !query.is_empty() && request.extensions().get::<Checked>().is_none() => {
            let names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned());
            let said = format!(
                "{ROOT} must NOT have additional properties: {}",
                names_of(&names.collect::<Vec<_>>())
            );
            Err(Error::invalid(said))
        }
        Some(_) | None => Ok(()),
    }
}

impl<T: JsonSchema> OperationInput for Query<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        <axum::extract::Query<T> as OperationInput>::operation_input(context, operation);
    }
}

/// The path. Text that is not an id is refused as the reference does; the refusal reveals nothing about any
/// record. U+0000 is also refused, because PostgreSQL cannot store it and no id or address contains it.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        if parts.uri.path().contains("%00") {
            return Err(Error::hidden());
        }
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(path)| Path(path)).map_err(|rejection| match misspelt(&rejection) {
            Some(name) => Error::invalid(format!("params/{name} must match format \"uuid\"")),
            None => Error::hidden(),
        })
    }
}

/// The parameter that could not be read. It is always an id, because any value is valid for the other
/// parameters.
fn misspelt(rejection: &PathRejection) -> Option<&str> {
    let PathRejection::FailedToDeserializePathParams(failed) = rejection else { return None };
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library's, of which these two are about a value")]
    match failed.kind() {
        ErrorKind::DeserializeError { key, .. } | ErrorKind::ParseErrorAtKey { key, .. } => Some(key),
        _ => None,
    }
}

impl<T: JsonSchema> OperationInput for Path<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        <axum::extract::Path<T> as OperationInput>::operation_input(context, operation);
    }
}

#[derive(Deserialize, JsonSchema)]
pub struct Id {
    pub id: Uuid,
}

/// Parses a filter of ids separated by commas. Returns `None` if the filter is absent.
pub fn ids(parameter: &str, text: Option<&str>) -> Result<Option<Vec<Uuid>>> {
    let Some(text) = text else { return Ok(None) };
    let wrong = |_| Error::invalid(format!("querystring/{parameter} must be UUIDs separated by commas"));
    let ids: Vec<Uuid> = text.split(',').map(|id| id.trim().parse().map_err(wrong)).collect::<Result<_>>()?;
    match ids.len() > IDS {
        true => Err(Error::invalid(format!("querystring/{parameter} must be at most {IDS} UUIDs"))),
        false => Ok(Some(ids)),
    }
}

/// The midnight of a day in a filter. A whole timestamp is accepted too, because some clients send one.
pub fn day(parameter: &str, text: Option<&str>) -> Result<Option<Time>> {
    let wrong = || Error::invalid(format!("querystring/{parameter} must be a day as YYYY-MM-DD"));
    text.map(|text| Time::of_day(text.split('T').next().unwrap_or(text)).ok_or_else(wrong)).transpose()
}

/// The pattern of a `like ... escape '\'` that finds a text in a column in lower case.
pub fn pattern(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
