//! The schema of a body is its contract. It is in the OpenAPI document, and bodies are checked against it
//! before they are read. So a refusal can name the field, and every rule is in only one place.

use super::address::is_email;
use super::describe::{describe, violation};
use super::reading::Reading;
use crate::error::{Error, Result};
use jsonschema::Validator;
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde_json::{Map, Value};
use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

static COMPILED: RwLock<Option<HashMap<TypeId, &'static Compiled>>> = RwLock::new(None);

pub struct Compiled {
    pub schema: Value,
    pub validator: Validator,
    pub reading: Reading,
    /// Fields whose values are accepted in upper and lower case.
    any_case: Vec<String>,
}

impl Compiled {
    /// A 400 that names the field and what it must be. `root` is where the value comes from: `body`.
    pub fn hold(&self, root: &str, value: &Value) -> Result<()> {
        match self.validator.iter_errors(value).next() {
            Some(error) => Err(Error::Invalid(describe(root, &self.schema, &error))),
            None => Ok(()),
        }
    }

    /// Changes the values of these fields to lower case.
    pub fn fold_case(&self, body: &mut Value) {
        for name in &self.any_case {
            if let Some(Value::String(text)) = body.get_mut(name) {
                text.make_ascii_lowercase();
            }
        }
    }
}

/// Compiled once per type, and kept for the life of the program.
pub fn compiled<T: JsonSchema + 'static>() -> Result<&'static Compiled> {
    let id = TypeId::of::<T>();
    let known = COMPILED
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .as_ref()
        .and_then(|all| all.get(&id).copied());
    if let Some(compiled) = known {
        return Ok(compiled);
    }
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    let mut schema = serde_json::to_value(schema).map_err(Error::internal)?;
    close(&mut schema);
    let options = jsonschema::options().should_validate_formats(true).with_format("email", is_email);
    let validator = options.build(&schema);
    let validator = validator.map_err(|error| Error::internal(error.to_string()))?;
    let (reading, any_case) = (Reading::of(&schema), any_case(&schema));
    let compiled: &'static Compiled = Box::leak(Box::new(Compiled { schema, validator, reading, any_case }));
    let mut all = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    all.get_or_insert_default().insert(id, compiled);
    Ok(compiled)
}

/// Marks a field whose published values are only those of the reference. Its text says which others there are, and the
/// handler checks them.
pub const OPEN: &str = "x-gatepost-open";

/// Makes the check find unknown keys everywhere, even where the reference publishes an open schema, and leaves out the
/// values of [`OPEN`] fields.
fn close(schema: &mut Value) {
    let Value::Object(fields) = schema else { return };
    if fields.contains_key(OPEN) {
        fields.remove("enum");
    }
    if fields.contains_key("properties") && !fields.contains_key("unevaluatedProperties") {
        fields.entry("additionalProperties").or_insert(Value::Bool(false));
    }
    for (keyword, inner) in fields {
        match (keyword.as_str(), inner) {
            ("properties" | "$defs", Value::Object(all)) => all.values_mut().for_each(close),
            ("anyOf" | "oneOf", Value::Array(all)) => all.iter_mut().for_each(close),
            ("items" | "additionalProperties", inner) => close(inner),
            (_, _) => (),
        }
    }
}

fn any_case(schema: &Value) -> Vec<String> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let marked = |schema: &Value| schema.get("x-gatepost-any-case").is_some();
    let marked = properties.into_iter().flatten().filter(|(_, schema)| marked(schema));
    marked.map(|(name, _)| name.clone()).collect()
}

/// The schema of `T`, as bodies are checked against it.
pub fn schema_of<T: JsonSchema + 'static>() -> Result<&'static Value> {
    Ok(&compiled::<T>()?.schema)
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The JSON pointer of the field, without the first slash. Empty for the whole body.
    pub field: String,
    /// What follows the name of the field: `must be ...`.
    pub rule: String,
}

/// Everything that is wrong with a body, for a form that shows it all at once. Otherwise the check is the same.
pub fn violations<T: JsonSchema + 'static>(body: &mut Value) -> Result<Vec<Violation>> {
    no_nul(body, &mut "body".to_owned())?;
    let compiled = compiled::<T>()?;
    compiled.fold_case(body);
    Ok(compiled.validator.iter_errors(body).map(|error| violation(&compiled.schema, &error)).collect())
}

/// Checks a value strictly against the schema of `T`.
pub fn check<T: JsonSchema + 'static>(root: &str, value: &Value) -> Result<()> {
    no_nul(value, &mut root.to_owned())?;
    compiled::<T>()?.hold(root, value)
}

/// Parses a query string into the types of the schema. A value that does not fit its type stays a string, and
/// the check then refuses it.
pub fn typed<T: JsonSchema + 'static>(query: &str) -> Result<Value> {
    let properties = compiled::<T>()?.schema.get("properties");
    let value = |name: &str, text: &str| {
        let declared = properties.and_then(|all| all.get(name)?.get("type"));
        let is = |kind: &str| declared.is_some_and(|declared| declared == kind);
        let parsed = match (is("integer"), is("number") || is("boolean")) {
            (true, _) => text.parse::<i64>().ok().map(Value::from),
            (_, true) => serde_json::from_str(text).ok().filter(|value: &Value| !value.is_string()),
            (false, false) => None,
        };
        parsed.unwrap_or_else(|| text.into())
    };
    let is_list = |name: &str| properties.and_then(|all| all.get(name)?.get("type")) == Some(&"array".into());
    let mut all = Map::new();
    for (name, text) in form_urlencoded::parse(query.as_bytes()) {
        // Clients that loop often begin with an empty cursor, and mean the first page.
        if name == "starting_after" && matches!(text.as_ref(), "" | "null") {
            continue;
        }
        // A list is a repeated parameter, or has commas between its items.
        match (is_list(&name), all.get_mut(name.as_ref())) {
            (true, Some(Value::Array(items))) => items.extend(text.split(',').map(Value::from)),
            (true, _) => drop(all.insert(name.to_string(), text.split(',').map(Value::from).collect())),
            (false, _) => drop(all.insert(name.to_string(), value(&name, &text))),
        }
    }
    Ok(all.into())
}

/// Refuses U+0000: PostgreSQL cannot store it, and no client sends it on purpose.
pub fn no_nul(value: &Value, path: &mut String) -> Result<()> {
    let refuse = |path: &str| Err(Error::invalid(format!("{path} must not contain the character U+0000")));
    match value {
        Value::String(text) if text.contains('\0') => refuse(path),
        Value::Array(items) => {
            items.iter().enumerate().try_for_each(|(i, item)| inside(item, &i.to_string(), path))
        }
        Value::Object(fields) => fields.iter().try_for_each(|(name, value)| match name.contains('\0') {
            true => refuse(path),
            false => inside(value, name, path),
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

fn inside(value: &Value, name: &str, path: &mut String) -> Result<()> {
    let length = path.len();
    path.push('/');
    path.push_str(name);
    no_nul(value, path)?;
    path.truncate(length);
    Ok(())
}

/// For an answer of which the reference requires no field.
pub fn none_required(schema: &mut Schema) {
    schema.remove("required");
}

/// For an `Option` field that can be absent but not null. schemars cannot distinguish the two.
pub fn absent_not_null(schema: &mut Schema) {
    not_null(schema.ensure_object());
}

/// The same for every optional field of a struct, except those with `transform = nullable`.
pub fn optional_not_null(schema: &mut Schema) {
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let fields = schema.ensure_object().get_mut("properties").and_then(Value::as_object_mut);
    for (name, field) in fields.into_iter().flatten() {
        let Value::Object(field) = field else { continue };
        let nullable = field.remove(NULLABLE).is_some();
        if !nullable && !required.iter().any(|required| required == name) {
            not_null(field);
        }
    }
}

/// For a field that can be null, in a struct with `transform = optional_not_null`.
pub fn nullable(schema: &mut Schema) {
    schema.insert(NULLABLE.to_owned(), true.into());
}

/// Marks a field until `optional_not_null` has seen it.
const NULLABLE: &str = "x-nullable";

fn not_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
}
