//! The body of a form, in the types of the schema of its operation. An input is named by the JSON pointer of its field
//! without the first slash, so whatever is wrong finds its input. Names of lists end in `[]`. Fields that begin with `_`
//! are for the page, and never reach an operation.

use super::typed::{self, Fields};
use super::typing::typed_as;
use crate::access::{Caller, Can, Permission};
use crate::error::{Error, Result};
use crate::http::{Violation, schema_of, violations};
use aide::OperationInput;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::marker::PhantomData;
use uuid::{Builder, Uuid, Variant};

pub struct Posted<T> {
    pub(super) fields: Fields,
    pub(super) schema: PhantomData<fn() -> T>,
}

/// A form that comes back: what was typed, and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Back {
    pub(super) typed: Fields,
    pub(super) wrong: Vec<Violation>,
    /// The values that somebody else has stored meanwhile, by field.
    pub(super) now: Map<String, Value>,
    pub(super) status: StatusCode,
}

impl Back {
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// What was typed: the names of the fields, and their values.
    pub fn typed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.typed.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether something is wrong with what was typed.
    pub fn is_wrong(&self) -> bool {
        !self.wrong.is_empty()
    }

    /// The form with the refusal of an operation, if a form can show it: a wrong field, or a conflict with an existing record.
    fn of(typed: Fields, error: Error) -> Result<Back> {
        let (violation, status) = if let Error::Invalid(message) = &error {
            (blamed(message), StatusCode::BAD_REQUEST)
        } else if let Error::Conflict(message) = &error {
            (head(message), StatusCode::CONFLICT)
        } else if matches!(error, Error::Taken) {
            (head("A record with this name or address exists already."), StatusCode::CONFLICT)
        } else {
            return Err(error);
        };
        Ok(Back { typed, wrong: vec![violation], now: Map::new(), status })
    }
}

fn head(message: &str) -> Violation {
    Violation { field: String::new(), rule: message.to_owned() }
}

/// `body/role must be ...` is about the field `role`.
fn blamed(message: &str) -> Violation {
    let about = message.strip_prefix("body/").and_then(|rest| rest.split_once(' '));
    match about {
        Some((field, rule)) => Violation { field: field.to_owned(), rule: rule.to_owned() },
        None => head(message.strip_prefix("body ").unwrap_or(message)),
    }
}

impl<T, S: Send + Sync> FromRequest<S> for Posted<T> {
    type Rejection = Error;
    async fn from_request(request: Request, _: &S) -> Result<Self> {
        Ok(Posted { fields: typed::fields(request).await?, schema: PhantomData })
    }
}

impl<T> OperationInput for Posted<T> {}

impl<T> Posted<T> {
    /// A field of the page itself: `_confirm`.
    pub fn aside(&self, name: &str) -> Option<&str> {
        typed::value(&self.fields, name).filter(|_| name.starts_with('_'))
    }
}

impl<T: DeserializeOwned + JsonSchema + 'static> Posted<T> {
    /// What was typed, for a page that shows the form again although nothing is wrong with it.
    pub fn kept(&self) -> Back {
        Back { typed: self.fields.clone(), wrong: vec![], now: Map::new(), status: StatusCode::OK }
    }

    /// What was typed in the types of the schema, unchecked, for a page that changes the form before it is sent.
    pub fn body(&self) -> Result<Map<String, Value>> {
        typed_as(schema_of::<T>()?, &self.fields)
    }

    /// Sends what was typed to an operation. What the operation refuses about a field comes back as a form; every other
    /// refusal is an error.
    pub async fn through<O>(self, operation: impl AsyncFnOnce(T) -> Result<O>) -> Result<Result<O, Back>> {
        let body = typed_as(schema_of::<T>()?, &self.fields)?;
        let Posted { fields, .. } = self;
        match checked::<T>(body) {
            Ok(Ok(body)) => match operation(body).await {
                Ok(done) => Ok(Ok(done)),
                Err(error) => Back::of(fields, error).map(Err),
            },
            Ok(Err(wrong)) => Ok(Err(invalid(fields, wrong))),
            Err(error) => Back::of(fields, error).map(Err),
        }
    }

    /// Creates a record whose id follows from the one that is sealed into the form and from what was typed, so that pressing
    /// twice makes one. `find` looks for it.
    pub async fn creating<P: Permission, O>(
        self,
        can: Can<P>,
        operation: impl AsyncFnOnce(Can<P>, T) -> Result<O>,
        find: impl AsyncFn(Uuid) -> Result<O>,
    ) -> Result<Result<O, Back>> {
        let Some(id) = self.aside("_once").and_then(|sealed| opened(&can, sealed)) else {
            return self.through(async |body| operation(can, body).await).await;
        };
        let id = of_what_was_typed(id, &self.fields);
        if let Ok(made) = find(id).await {
            return Ok(Ok(made));
        }
        let outcome = self.through(async |body| operation(can.once(id), body).await).await?;
        match outcome {
            Ok(made) => Ok(Ok(made)),
            // Of several presses at once, one creates the record, and the others find it.
            Err(back) => Ok(find(id).await.map_err(|_| back)),
        }
    }

    /// Changes a record: sends the fields that differ from the record as the form showed it. If somebody has changed one
    /// of them meanwhile, the form comes back with both values. `None` if nothing differs.
    pub async fn changing<R: Serialize, O>(
        self,
        record: &R,
        operation: impl AsyncFnOnce(T) -> Result<O>,
    ) -> Result<Result<Option<O>, Back>> {
        let schema = schema_of::<T>()?;
        let mut body = typed_as(schema, &self.fields)?;
        let record = serde_json::to_value(record).map_err(Error::internal)?;
        let seen = self.aside("_seen").and_then(|seen| serde_json::from_str::<Map<String, Value>>(seen).ok());
        let seen = seen.ok_or_else(|| Error::invalid("body/_seen must be what the form was drawn with"))?;
        let is = |name: &String| record.get(name).cloned().unwrap_or_default();
        let now: Map<String, Value> = seen
            .iter()
            .filter(|(name, was)| is(name) != **was)
            .map(|(name, _)| (name.clone(), is(name)))
            .collect();
        if !now.is_empty() {
            let wrong = now.keys().map(|field| Violation {
                field: field.clone(),
                rule: "was changed by somebody else meanwhile".to_owned(),
            });
            let wrong = wrong.collect();
            return Ok(Err(Back { typed: self.fields, wrong, now, status: StatusCode::CONFLICT }));
        }
        let emptied = emptied(&self.fields, &seen, &body);
        if !emptied.is_empty() {
            return Ok(Err(invalid(self.fields, emptied)));
        }
        body.retain(|name, value| seen.get(name).is_none_or(|was| was != value));
        if body.is_empty() {
            return Ok(Ok(None));
        }
        let Posted { fields, .. } = self;
        match checked::<T>(body) {
            Ok(Ok(body)) => match operation(body).await {
                Ok(done) => Ok(Ok(Some(done))),
                Err(error) => Back::of(fields, error).map(Err),
            },
            Ok(Err(wrong)) => Ok(Err(invalid(fields, wrong))),
            Err(error) => Back::of(fields, error).map(Err),
        }
    }
}

/// Texts that the record has and that the form leaves empty, where the field cannot be null.
fn emptied(typed: &Fields, seen: &Map<String, Value>, body: &Map<String, Value>) -> Vec<Violation> {
    let is_empty = |name: &str| typed::value(typed, name).is_some_and(|text| text.trim().is_empty());
    let had = seen.iter().filter(|(_, was)| was.as_str().is_some_and(|was| !was.is_empty()));
    let emptied = had.filter(|(name, _)| is_empty(name) && !body.contains_key(*name));
    let rule = "must be filled in".to_owned();
    emptied.map(|(field, _)| Violation { field: field.clone(), rule: rule.clone() }).collect()
}

fn invalid(typed: Fields, wrong: Vec<Violation>) -> Back {
    Back { typed, wrong, now: Map::new(), status: StatusCode::BAD_REQUEST }
}

fn checked<T: DeserializeOwned + JsonSchema + 'static>(
    body: Map<String, Value>,
) -> Result<Result<T, Vec<Violation>>> {
    let mut body = Value::Object(body);
    let wrong = violations::<T>(&mut body)?;
    if !wrong.is_empty() {
        return Ok(Err(wrong));
    }
    let read = serde_json::from_value(body);
    read.map(Ok)
        .map_err(|error| Error::invalid(format!("body has a value that its field cannot hold: {error}")))
}

/// Seals the id of a record that a form creates. It is good for one person in one workspace.
pub(super) fn sealed(can: &Caller) -> Result<String> {
    let (app, id) = (can.app(), can.new_id());
    app.vault.seal(can.workspace(), &once(can), id.as_bytes(), &app.random()?)
}

fn opened(can: &Caller, sealed: &str) -> Option<Uuid> {
    let plain = can.app().vault.open(can.workspace(), &once(can), sealed).ok()?;
    Uuid::from_slice(&plain).ok()
}

/// The id of the record that these fields make. A form that is changed after it was sent makes another record.
fn of_what_was_typed(id: Uuid, fields: &Fields) -> Uuid {
    let mut hash = Sha256::new();
    hash.update(id);
    for text in fields.iter().filter(|(name, _)| !name.starts_with('_')).flat_map(|(name, text)| [name, text])
    {
        hash.update(text.len().to_be_bytes());
        hash.update(text);
    }
    let mut bytes = id.into_bytes();
    // The time in the id stays, so that the record has its place in lists.
    for (byte, new) in bytes.iter_mut().zip(hash.finalize()).skip(8) {
        *byte = new;
    }
    Builder::from_bytes(bytes).with_variant(Variant::RFC4122).into_uuid()
}

fn once(can: &Caller) -> String {
    format!("the id of what {} creates", can.identity().user.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_finds_its_field() {
        assert_eq!(blamed("body/role must be one").field, "role");
        assert_eq!(blamed("body/tag_limit/0 must exist").field, "tag_limit/0");
        assert_eq!(blamed("body must be object"), head("must be object"));
    }
}
