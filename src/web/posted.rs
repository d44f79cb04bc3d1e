//! The body of a form, in the types of the schema of its operation. An input is named by the JSON pointer of its field
//! without the first slash, so whatever is wrong finds its input. Names of lists end in `[]`. Fields that begin with `_`
//! are for the page, and never reach an operation.

use super::schema;
use super::typed::{self, Fields};
use crate::access::{Caller, Can, Permission};
use crate::error::{Error, Result};
use crate::http::{Violation, schema_of, violations};
use aide::OperationInput;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use std::marker::PhantomData;
use uuid::Uuid;

/// The largest position in a list that a name can have.
const LONGEST_LIST: usize = 1_000;

pub struct Posted<T> {
    fields: Fields,
    schema: PhantomData<fn() -> T>,
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

    /// Whether something is wrong with what was typed.
    pub fn is_wrong(&self) -> bool {
        !self.wrong.is_empty()
    }

    /// With what an operation refused, if a form can show it: a field that is wrong, or a record that is in the way.
    fn of(typed: Fields, error: Error) -> Result<Back> {
        let (violation, status) = match &error {
            Error::Invalid(message) => (blamed(message), StatusCode::BAD_REQUEST),
            Error::Conflict(message) => (head(message), StatusCode::CONFLICT),
            Error::Taken => (head("A record with this name or address exists already."), StatusCode::CONFLICT),
            _ => return Err(error),
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

    /// Creates a record with the id that is sealed into the form, so that pressing twice makes one. `find` looks for it.
    pub async fn creating<P: Permission, O>(
        self,
        can: Can<P>,
        operation: impl AsyncFnOnce(Can<P>, T) -> Result<O>,
        find: impl AsyncFn(Uuid) -> Result<O>,
    ) -> Result<Result<O, Back>> {
        let Some(id) = self.aside("_once").and_then(|sealed| opened(&can, sealed)) else {
            return self.through(async |body| operation(can, body).await).await;
        };
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
        let now: Map<String, Value> =
            seen.iter().filter(|(name, was)| is(name) != **was).map(|(name, _)| (name.clone(), is(name))).collect();
        if !now.is_empty() {
            let wrong = now.keys().map(|field| Violation {
                field: field.clone(),
                rule: "was changed by somebody else meanwhile".to_owned(),
            });
            let wrong = wrong.collect();
            return Ok(Err(Back { typed: self.fields, wrong, now, status: StatusCode::CONFLICT }));
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
    read.map(Ok).map_err(|error| Error::invalid(format!("body has a value that its field cannot hold: {error}")))
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

fn once(can: &Caller) -> String {
    format!("the id of what {} creates", can.identity().user.unwrap_or_default())
}

/// The fields in the types of a schema.
fn typed_as(root: &Value, fields: &Fields) -> Result<Map<String, Value>> {
    let mut body = Value::Object(Map::new());
    for (name, text) in fields.iter().filter(|(name, _)| !name.starts_with('_')) {
        let (pointer, item) = match name.strip_suffix("[]") {
            Some(pointer) => (pointer, true),
            None => (name.as_str(), false),
        };
        if let Some(value) = value(root, pointer, text, item) {
            put(&mut body, pointer, value, item)?;
        }
    }
    match body {
        Value::Object(body) => Ok(body),
        _ => Err(Error::internal("a form that is not an object")),
    }
}

/// A text in the type of its field. A text that does not fit stays a text, and the check then names the field. An empty
/// text is null where the field can be null, and otherwise absent.
fn value(root: &Value, pointer: &str, text: &str, item: bool) -> Option<Value> {
    let declared = schema::field(root, &if item { format!("{pointer}/0") } else { pointer.to_owned() });
    let is = |kind: &str| declared.is_some_and(|declared| schema::is_kind(declared, kind));
    if text.trim().is_empty() {
        return match is("array") && !item {
            _ if item => None,
            _ if schema::is_nullable(root, pointer) => Some(Value::Null),
            true => Some(Value::Array(vec![])),
            false => None,
        };
    }
    let parsed = match (is("integer"), is("number"), is("boolean")) {
        (true, ..) => text.trim().parse::<i64>().ok().map(Value::from),
        (_, true, _) => text.trim().parse::<f64>().ok().and_then(serde_json::Number::from_f64).map(Value::Number),
        (.., true) => text.parse::<bool>().ok().map(Value::from),
        (false, false, false) => None,
    };
    Some(parsed.unwrap_or_else(|| Value::from(text)))
}

/// Puts a value at its place. The last value of a name counts, except in a list.
fn put(body: &mut Value, pointer: &str, value: Value, item: bool) -> Result<()> {
    let mut at = body;
    for step in pointer.split('/') {
        if let (Ok(index), false) = (step.parse::<usize>(), at.is_object()) {
            if !at.is_array() {
                *at = Value::Array(vec![]);
            }
            let Value::Array(items) = at else { continue };
            if index >= LONGEST_LIST {
                return Err(Error::invalid(format!("body must NOT have more than {LONGEST_LIST} items")));
            }
            if items.len() <= index {
                items.resize(index + 1, Value::Null);
            }
            at = items.get_mut(index).ok_or_else(|| Error::internal("a list that did not grow"))?;
        } else {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            let Value::Object(fields) = at else { continue };
            at = fields.entry(step).or_insert(Value::Null);
        }
    }
    match (item, &mut *at) {
        (true, Value::Array(items)) => items.push(value),
        (true, _) => *at = Value::Array(vec![value]),
        (false, _) => *at = value,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body(pairs: &[(&str, &str)]) -> Value {
        let root = json!({ "properties": {
            "name": { "type": "string" },
            "note": { "type": ["string", "null"] },
            "count": { "type": "integer" },
            "on": { "type": "boolean" },
            "tags": { "type": ["array", "null"], "items": { "type": "string" } },
            "accounts": { "type": "array", "items": { "type": "string" } },
            "days": { "type": "array", "items": { "type": "object", "properties": { "from": { "type": "integer" } } } },
        } });
        let fields = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Value::Object(typed_as(&root, &fields).unwrap())
    }

    #[test]
    fn texts_become_what_the_schema_says() {
        let typed = body(&[
            ("name", "12"),
            ("note", ""),
            ("count", " 12 "),
            ("on", "false"),
            ("on", "true"),
            ("_by", "x"),
            ("days/1/from", "9"),
            ("days/0/from", "8"),
        ]);
        let days = json!([{ "from": 8 }, { "from": 9 }]);
        assert_eq!(typed, json!({ "name": "12", "note": null, "count": 12, "on": true, "days": days }));
        assert_eq!(body(&[("name", ""), ("count", "x")]), json!({ "count": "x" }));
        assert_eq!(body(&[("other", "y")]), json!({ "other": "y" }));
    }

    #[test]
    fn an_empty_list_is_null_or_empty_and_its_items_replace_that() {
        let none = body(&[("tags", ""), ("accounts", "")]);
        assert_eq!(none, json!({ "tags": null, "accounts": [] }));
        assert_eq!(body(&[("tags", ""), ("tags[]", "a"), ("tags[]", "b")]), json!({ "tags": ["a", "b"] }));
    }

    #[test]
    fn names_cannot_make_the_body_large() {
        let fields = vec![("days/999999999/from".to_owned(), "1".to_owned())];
        assert!(typed_as(&json!({}), &fields).is_ok_and(|body| body.len() == 1));
        let fields = vec![("x/0".to_owned(), "1".to_owned()), ("x/1001".to_owned(), "1".to_owned())];
        assert!(typed_as(&json!({}), &fields).is_err());
    }

    #[test]
    fn a_refusal_finds_its_field() {
        assert_eq!(blamed("body/role must be one").field, "role");
        assert_eq!(blamed("body/tag_limit/0 must exist").field, "tag_limit/0");
        assert_eq!(blamed("body must be object"), head("must be object"));
    }
}
