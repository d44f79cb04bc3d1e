//! The schema of a body is its contract: it is in the OpenAPI document, and it is what bodies are checked
//! against before they are read. So a refusal names the field, and no rule stands in two places.

use crate::error::{Error, Result};
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{ValidationError, Validator};
use schemars::{JsonSchema, Schema, generate::SchemaSettings};
use serde_json::Value;
use std::any::TypeId;
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

static COMPILED: RwLock<Option<HashMap<TypeId, &'static Validator>>> = RwLock::new(None);

/// The schema of a body of type `T`.
pub fn of<T: JsonSchema>() -> Schema {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>()
}

/// Compiled once per type, and kept for the life of the program.
fn validator<T: JsonSchema + 'static>() -> Result<&'static Validator> {
    let id = TypeId::of::<T>();
    let known = COMPILED
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .as_ref()
        .and_then(|all| all.get(&id).copied());
    if let Some(validator) = known {
        return Ok(validator);
    }
    let schema = serde_json::to_value(of::<T>()).map_err(Error::internal)?;
    let validator = jsonschema::options().should_validate_formats(true).build(&schema);
    let validator: &'static Validator =
        Box::leak(Box::new(validator.map_err(|e| Error::internal(e.to_string()))?));
    let mut all = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    all.get_or_insert_default().insert(id, validator);
    Ok(validator)
}

/// A 400 that names the field and what it must be.
pub fn check<T: JsonSchema + 'static>(body: &Value) -> Result<()> {
    no_nul(body, &mut String::from("body"))?;
    match validator::<T>()?.iter_errors(body).next() {
        Some(error) => Err(Error::Invalid(describe(&error))),
        None => Ok(()),
    }
}

/// PostgreSQL's texts cannot hold it, and nobody means it.
fn no_nul(value: &Value, path: &mut String) -> Result<()> {
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

/// In the words that clients of the reference know.
fn describe(error: &ValidationError<'_>) -> String {
    let at = format!("body{}", error.instance_path());
    let names =
        |names: &[String]| names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library says the rest well enough")]
    match error.kind() {
        Kind::Required { property } => {
            format!("{at} must have required property '{}'", property.as_str().unwrap_or_default())
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            format!("{at} must NOT have additional properties: {}", names(unexpected))
        }
        Kind::Type { kind: TypeKind::Single(kind) } => format!("{at} must be {kind}"),
        Kind::Type { kind: TypeKind::Multiple(kinds) } => {
            let kinds: Vec<_> = kinds.iter().map(|kind| kind.to_string()).collect();
            format!("{at} must be {}", kinds.join(" or "))
        }
        Kind::Enum { options } => format!("{at} must be equal to one of the allowed values: {options}"),
        Kind::Format { format } => format!("{at} must match format \"{format}\""),
        Kind::MinProperties { limit } => format!("{at} must NOT have fewer than {limit} properties"),
        Kind::MinLength { limit } => format!("{at} must NOT have fewer than {limit} characters"),
        Kind::MaxLength { limit } => format!("{at} must NOT have more than {limit} characters"),
        Kind::MinItems { limit } => format!("{at} must NOT have fewer than {limit} items"),
        Kind::MaxItems { limit } => format!("{at} must NOT have more than {limit} items"),
        Kind::Minimum { limit } => format!("{at} must be >= {limit}"),
        Kind::Maximum { limit } => format!("{at} must be <= {limit}"),
        Kind::Pattern { pattern } => format!("{at} must match pattern \"{pattern}\""),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            context.iter().flatten().next().map_or_else(|| format!("{at} has the wrong form"), describe)
        }
        _ => format!("{at}: {error}"),
    }
}

/// For `Option` fields that may be left out but not be null, which schemars cannot tell apart.
pub fn absent_not_null(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.ensure_object().get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".to_owned(), only);
        }
    }
}
