//! Bodies: bounded in size and time, checked against their schema, then read.

use super::schema::check;
use crate::error::{Error, Result};
use aide::{
    OperationInput, OperationOutput, generate::GenContext, openapi::Operation, openapi::Response as Doc,
};
use axum::RequestExt;
use axum::extract::{FromRequest, Request};
use axum::{response::IntoResponse, response::Response};
use bytes::Bytes;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::marker::PhantomData;
use std::time::Duration;

/// Unless a route sets less.
pub const LARGEST: usize = 10 * 1024 * 1024;
const SLOWEST: Duration = Duration::from_secs(30);

async fn bytes(request: Request) -> Result<Bytes> {
    // As much as the route's `DefaultBodyLimit` lets through.
    let read = axum::body::to_bytes(request.into_limited_body(), usize::MAX);
    match tokio::time::timeout(SLOWEST, read).await {
        Err(_) => Err(Error::TooSlow),
        // The one other cause is a caller who went away.
        Ok(Err(_)) => Err(Error::TooLarge),
        Ok(Ok(bytes)) => Ok(bytes),
    }
}

/// JSON whatever the content type says: `curl -d` sends a form's. The parser bounds the depth at 128.
fn parse(bytes: &[u8]) -> Result<Value> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Error::invalid("body must be a JSON object; it is empty"));
    }
    serde_json::from_slice(bytes).map_err(|error| Error::invalid(format!("body must be JSON: {error}")))
}

/// A body, and an answer.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + 'static, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Error;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        read(&parse(&bytes(request).await?)?).map(Json)
    }
}

fn read<T: DeserializeOwned + JsonSchema + 'static>(body: &Value) -> Result<T> {
    check::<T>("body", body)?;
    T::deserialize(body).map_err(|error| Error::invalid(format!("body: {error}")))
}

impl<T: JsonSchema> OperationInput for Json<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        <axum::Json<T> as OperationInput>::operation_input(context, operation);
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

impl<T: JsonSchema> OperationOutput for Json<T> {
    type Inner = T;
    fn operation_response(context: &mut GenContext, operation: &mut Operation) -> Option<Doc> {
        axum::Json::<T>::operation_response(context, operation)
    }
    fn inferred_responses(context: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Doc)> {
        axum::Json::<T>::inferred_responses(context, operation)
    }
}

/// A body that may be left out.
pub struct Optional<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Default + 'static, S: Send + Sync> FromRequest<S> for Optional<T> {
    type Rejection = Error;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let bytes = bytes(request).await?;
        if bytes.iter().all(u8::is_ascii_whitespace) || bytes.as_ref() == b"null" {
            return Ok(Optional(T::default()));
        }
        read(&parse(&bytes)?).map(Optional)
    }
}

impl<T: JsonSchema> OperationInput for Optional<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        <axum::Json<T> as OperationInput>::operation_input(context, operation);
    }
}

/// An answer without a body: 204.
#[derive(Clone, Copy, Debug)]
pub struct Empty;

impl IntoResponse for Empty {
    fn into_response(self) -> Response {
        axum::http::StatusCode::NO_CONTENT.into_response()
    }
}

impl OperationOutput for Empty {
    type Inner = ();
    fn inferred_responses(_: &mut GenContext, _: &mut Operation) -> Vec<(Option<u16>, Doc)> {
        let done = Doc { description: "Done".to_owned(), ..Doc::default() };
        vec![(Some(204), done)]
    }
}

/// The fields that a PATCH names, as its schema `T` allows them. Null is a value, absence is none.
pub struct Fields<T> {
    fields: Map<String, Value>,
    schema: PhantomData<fn() -> T>,
}

impl<T> Fields<T> {
    /// A record with these fields in the place of its own.
    pub fn over<R: Serialize + DeserializeOwned>(&self, record: &R) -> Result<R> {
        let mut merged = serde_json::to_value(record).map_err(Error::internal)?;
        let object = merged.as_object_mut().ok_or_else(|| Error::internal("a record that is no object"))?;
        object.extend(self.fields.iter().map(|(name, value)| (name.clone(), value.clone())));
        serde_json::from_value(merged).map_err(|error| Error::invalid(format!("body: {error}")))
    }

    pub fn names(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }

    pub fn get(&self, field: &str) -> Option<&Value> {
        self.fields.get(field)
    }
}

/// The body of a PATCH, arrived but not looked at: who may not change the record hears that first, whatever the
/// body says.
pub struct Unread<T> {
    bytes: Bytes,
    schema: PhantomData<fn() -> T>,
}

impl<T: JsonSchema + 'static> Unread<T> {
    pub fn read(self) -> Result<Fields<T>> {
        let body = parse(&self.bytes)?;
        check::<T>("body", &body)?;
        match body {
            Value::Object(fields) => Ok(Fields { fields, schema: PhantomData }),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(Error::invalid("body must be object"))
            }
        }
    }
}

impl<T: 'static, S: Send + Sync> FromRequest<S> for Unread<T> {
    type Rejection = Error;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        Ok(Unread { bytes: bytes(request).await?, schema: PhantomData })
    }
}

impl<T: JsonSchema> OperationInput for Unread<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        <axum::Json<T> as OperationInput>::operation_input(context, operation);
    }
}

/// For operations without a body: nothing, `null` and `{}` will do, with or without a content type.
pub struct Nothing;

impl<S: Send + Sync> FromRequest<S> for Nothing {
    type Rejection = Error;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let bytes = bytes(request).await?;
        let empty = bytes.iter().all(u8::is_ascii_whitespace);
        let null = |value: Value| value.is_null() || value.as_object().is_some_and(Map::is_empty);
        match empty || serde_json::from_slice(&bytes).is_ok_and(null) {
            true => Ok(Nothing),
            false => Err(Error::invalid("body must be empty: this operation takes none")),
        }
    }
}

impl OperationInput for Nothing {}
