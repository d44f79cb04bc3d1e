//! What stands in the address: path and query.

use crate::error::{Error, Result};
use aide::{OperationInput, generate::GenContext, openapi::Operation};
use axum::extract::FromRequestParts;
use axum::extract::rejection::{PathRejection, QueryRejection};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

/// How many ids a filter takes.
const IDS: usize = 100;

/// Declares an extractor that behaves as axum's, documents itself as axum's, and refuses as we do.
macro_rules! extractor {
    ($(#[$doc:meta])* $name:ident, $rejection:ty, $refusal:expr) => {
        $(#[$doc])*
        #[derive(FromRequestParts)]
        #[from_request(via(axum::extract::$name), rejection(Error))]
        pub struct $name<T>(pub T);

        impl From<$rejection> for Error {
            fn from(rejection: $rejection) -> Self {
                ($refusal)(rejection.body_text())
            }
        }

        impl<T: JsonSchema> OperationInput for $name<T> {
            fn operation_input(context: &mut GenContext, operation: &mut Operation) {
                <axum::extract::$name<T> as OperationInput>::operation_input(context, operation);
            }
        }
    };
}

extractor!(
    /// The query string; a value that does not fit is a 400 that names its parameter.
    Query, QueryRejection, in_query
);
extractor!(
    /// The path. An id that is none names a record that does not exist.
    Path, PathRejection, |_: String| Error::hidden()
);

fn in_query(text: String) -> Error {
    let text = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
    Error::invalid(format!("querystring/{text}"))
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
pub fn pattern(parameter: &str, text: &str) -> Result<String> {
    if text.contains('\0') {
        return Err(Error::invalid(format!("querystring/{parameter} must not contain the character U+0000")));
    }
    let mut pattern = String::from("%");
    for letter in text.to_lowercase().chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    Ok(pattern)
}
