//! The body of a PATCH.

use super::super::reading::How;
use super::{Arrived, arrive};
use crate::error::{Error, Result};
use aide::{OperationInput, generate::GenContext, openapi::Operation};
use axum::extract::{FromRequest, Request};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;

/// The body of a PATCH, received but not yet checked. A caller who cannot change the record gets that refusal first,
/// whatever the body says.
pub struct Unread<T> {
    arrived: Arrived,
    how: How,
    schema: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Unread<T> {
    /// The body as its type reads it.
    pub async fn read(self) -> Result<T> {
        let Unread { arrived, how, .. } = self;
        arrived.through(move |bytes| super::read::<T>(bytes, &how)).await
    }
}

impl<T: 'static, S: Send + Sync> FromRequest<S> for Unread<T> {
    type Rejection = Error;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        let how = How::of(&request);
        Ok(Unread { arrived: arrive(request).await?, how, schema: PhantomData })
    }
}

impl<T: JsonSchema> OperationInput for Unread<T> {
    fn operation_input(context: &mut GenContext, operation: &mut Operation) {
        <axum::Json<T> as OperationInput>::operation_input(context, operation);
    }
}
