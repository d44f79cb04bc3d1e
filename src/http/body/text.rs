//! A text as the body, for operations that read a language of their own.

use super::arrive;
use crate::error::{Error, Result};
use aide::openapi::{MediaType, Operation, ReferenceOr, RequestBody, SchemaObject};
use aide::{OperationInput, generate::GenContext};
use axum::extract::{FromRequest, Request};
use schemars::json_schema;

/// The text of the body, whatever its content type. It must be UTF-8.
pub struct Text(pub String);

impl<S: Send + Sync> FromRequest<S> for Text {
    type Rejection = Error;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let bytes = arrive(request).await?.bytes;
        let text = std::str::from_utf8(&bytes).map_err(|_| Error::invalid("body must be a text in UTF-8"))?;
        Ok(Text(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned()))
    }
}

impl OperationInput for Text {
    fn operation_input(_: &mut GenContext, operation: &mut Operation) {
        let schema = SchemaObject {
            json_schema: json_schema!({ "type": "string" }),
            external_docs: None,
            example: None,
        };
        let media = MediaType { schema: Some(schema), ..MediaType::default() };
        let mut body = RequestBody { required: true, ..RequestBody::default() };
        body.content.insert("application/yaml".to_owned(), media);
        operation.request_body = Some(ReferenceOr::Item(body));
    }
}
