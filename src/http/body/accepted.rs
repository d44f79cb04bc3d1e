//! The answer to a call whose work is done later: 202.

use super::Json;
use aide::{OperationOutput, generate::GenContext, openapi::Operation, openapi::Response as Doc};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

pub struct Accepted<T>(pub T);

impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.0).into_response();
        if response.status() == StatusCode::OK {
            *response.status_mut() = StatusCode::ACCEPTED;
        }
        response
    }
}

impl<T: JsonSchema> OperationOutput for Accepted<T> {
    type Inner = T;
    fn operation_response(context: &mut GenContext, operation: &mut Operation) -> Option<Doc> {
        axum::Json::<T>::operation_response(context, operation)
    }
    fn inferred_responses(context: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Doc)> {
        Self::operation_response(context, operation).map(|doc| (Some(202), doc)).into_iter().collect()
    }
}
