//! The answer to a change of any size, whose body lists only a part of what changed. A header has the number of all.

use super::Json;
use aide::{OperationOutput, generate::GenContext, openapi::Operation, openapi::Response as Doc};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

const AFFECTED: HeaderName = HeaderName::from_static("x-gatepost-affected");

/// The records that are listed, and how many there were.
pub struct Affected<T>(pub T, pub u64);

impl<T: Serialize> IntoResponse for Affected<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.0).into_response();
        response.headers_mut().insert(AFFECTED, HeaderValue::from(self.1));
        response
    }
}

impl<T: JsonSchema> OperationOutput for Affected<T> {
    type Inner = T;
    fn operation_response(context: &mut GenContext, operation: &mut Operation) -> Option<Doc> {
        axum::Json::<T>::operation_response(context, operation)
    }
    fn inferred_responses(context: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Doc)> {
        axum::Json::<T>::inferred_responses(context, operation)
    }
}
