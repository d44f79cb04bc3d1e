//! An answer that sets cookies.

use crate::http::Json;
use aide::openapi::{Operation, Response as Doc};
use aide::{OperationOutput, generate::GenContext};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Debug)]
pub struct Signed<T> {
    pub body: T,
    pub cookies: Vec<HeaderValue>,
}

impl<T: Serialize> IntoResponse for Signed<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.body).into_response();
        let headers = response.headers_mut();
        for cookie in self.cookies {
            headers.append(header::SET_COOKIE, cookie);
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

impl<T: JsonSchema> OperationOutput for Signed<T> {
    type Inner = T;
    fn operation_response(context: &mut GenContext, operation: &mut Operation) -> Option<Doc> {
        Json::<T>::operation_response(context, operation)
    }
    fn inferred_responses(context: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, Doc)> {
        Json::<T>::inferred_responses(context, operation)
    }
}
