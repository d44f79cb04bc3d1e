//! What stands in the address: path and query.

use super::schema::{check, typed};
use crate::error::{Error, Result};
use aide::{OperationInput, generate::GenContext, openapi::Operation};
use axum::extract::FromRequestParts;
use axum::extract::rejection::PathRejection;
use axum::http::request::Parts;
use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use uuid::Uuid;

/// How many ids a filter takes.
const IDS: usize = 100;

/// The query string, checked against its schema as a body is: a value that does not fit is a 400 that names its
/// parameter. Parameters that are not known are let be.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + 'static, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Error;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let query = typed::<T>(parts.uri.query().unwrap_or_default())?;
        check::<T>("querystring", &query)?;
        let read = serde_json::from_value(query);
        read.map(Query).map_err(|error| Error::invalid(format!("querystring: {error}")))
    }
}

impl<T: JsonSchema> OperationInput for Query<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        <axum::extract::Query<T> as OperationInput>::operation_input(context, operation);
    }
}

/// The path. An id that is none names a record that does not exist.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Error))]
pub struct Path<T>(pub T);

impl From<PathRejection> for Error {
    fn from(_: PathRejection) -> Self {
        Error::hidden()
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

/// A filter of ids with commas between; none where the filter is not set.
pub fn ids(parameter: &str, text: Option<&str>) -> Result<Option<Vec<Uuid>>> {
    let Some(text) = text else { return Ok(None) };
    let wrong = |id: &str| {
        let id: String = id.chars().take(40).collect();
        Error::invalid(format!("querystring/{parameter} must be UUIDs with commas between; `{id}` is none"))
    };
    let ids: Vec<Uuid> =
        text.split(',').map(|id| id.trim().parse().map_err(|_| wrong(id))).collect::<Result<_>>()?;
    match ids.len() > IDS {
        true => Err(Error::invalid(format!("querystring/{parameter} must be at most {IDS} UUIDs"))),
        false => Ok(Some(ids)),
    }
}

/// A text to look for, as the pattern of a `like ... escape '\'` on a column in lower case.
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
