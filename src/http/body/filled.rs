//! A form of a page, as a visitor filled it in.

use super::super::schema::check;
use super::arrive;
use crate::error::{Error, Result};
use axum::extract::{FromRequest, Request};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The fields of a posted form, in their order. Fields whose names begin with `_` are for the page and not for the
/// operation.
#[derive(Clone, Debug, Default)]
pub struct Filled(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Filled {
    type Rejection = Error;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        arrive(request).await?.through(|bytes| Ok(Filled::of(bytes))).await
    }
}

impl Filled {
    /// From the text of a form, or from a query string.
    pub fn of(text: &[u8]) -> Filled {
        Filled(form_urlencoded::parse(text).into_owned().collect())
    }

    /// The last text of a field, or an empty text.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().rev().find(|(key, _)| key == name).map_or("", |(_, text)| text)
    }

    /// The form with another text in a field.
    pub fn with(mut self, name: &str, text: &str) -> Filled {
        self.0.retain(|(key, _)| key != name);
        self.0.push((name.to_owned(), text.to_owned()));
        self
    }

    /// The body of an operation whose fields are texts, checked against its schema.
    pub fn read<T: DeserializeOwned + JsonSchema + 'static>(&self) -> Result<T> {
        let sent = self.0.iter().filter(|(name, _)| !name.starts_with('_'));
        let fields: Map<String, Value> =
            sent.map(|(name, text)| (name.clone(), text.as_str().into())).collect();
        self::body(fields.into())
    }
}

/// A body that a page makes for an operation.
pub fn body<T: DeserializeOwned + JsonSchema + 'static>(value: Value) -> Result<T> {
    check::<T>("body", &value)?;
    serde_json::from_value(value).map_err(|error| Error::invalid(format!("body must be readable: {error}")))
}
