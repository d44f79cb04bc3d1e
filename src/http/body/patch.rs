//! The body of a PATCH.

use super::super::describe::unreadable;
use super::super::reading::How;
use super::{Arrived, accepted, arrive, read};
use crate::error::{Error, Result};
use aide::{OperationInput, generate::GenContext, openapi::Operation};
use axum::extract::{FromRequest, Request};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::marker::PhantomData;

/// The fields that a PATCH names, as its schema `T` allows them. Null counts as a value; an absent field does not.
pub struct Fields<T> {
    fields: Map<String, Value>,
    schema: PhantomData<fn() -> T>,
}

impl<T> Fields<T> {
    /// A record with these fields in the place of its own.
    pub fn over<R: Serialize + DeserializeOwned>(&self, record: &R) -> Result<R> {
        let read = serde_json::from_value(self.merged(record)?);
        read.or_else(|_| Err(unreadable::<R>("body", self.merged(record)?)))
    }

    fn merged<R: Serialize>(&self, record: &R) -> Result<Value> {
        let mut merged = serde_json::to_value(record).map_err(Error::internal)?;
        let object =
            merged.as_object_mut().ok_or_else(|| Error::internal("a record that is not an object"))?;
        object.extend(self.fields.iter().map(|(name, value)| (name.clone(), value.clone())));
        Ok(merged)
    }

    /// Like [`Fields::over`], without the fields that the operation reads in another form.
    pub fn over_but<R: Serialize + DeserializeOwned>(&self, left_out: &[&str], record: &R) -> Result<R> {
        let mut fields = self.fields.clone();
        fields.retain(|name, _| !left_out.contains(&name.as_str()));
        Fields::<T> { fields, schema: PhantomData }.over(record)
    }

    pub fn names(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }

    pub fn get(&self, field: &str) -> Option<&Value> {
        self.fields.get(field)
    }

    /// The texts of a list.
    pub fn list(&self, field: &str) -> Option<Vec<String>> {
        let items = self.fields.get(field)?.as_array()?;
        Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect())
    }
}

/// The body of a PATCH, received but not yet checked. A caller who cannot change the record gets that refusal first,
/// whatever the body says.
pub struct Unread<T> {
    arrived: Arrived,
    how: How,
    schema: PhantomData<fn() -> T>,
}

impl<T: JsonSchema + 'static> Unread<T> {
    pub async fn read(self) -> Result<Fields<T>> {
        let Unread { arrived, how, .. } = self;
        let fields = arrived.through(move |bytes| fields::<T>(bytes, &how)).await?;
        Ok(Fields { fields, schema: PhantomData })
    }
}

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Unread<T> {
    /// The body as its type reads it.
    pub async fn patch(self) -> Result<T> {
        let Unread { arrived, how, .. } = self;
        arrived.through(move |bytes| read::<T>(bytes, &how)).await
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

/// The fields of a PATCH, if `T` allows them.
fn fields<T: JsonSchema + 'static>(bytes: &[u8], how: &How) -> Result<Map<String, Value>> {
    match accepted::<T>(bytes, how)? {
        Value::Object(fields) => Ok(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(Error::invalid("body must be object"))
        }
    }
}
