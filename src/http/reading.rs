//! How strictly a body is read (decision 15). The strict check comes first. Only a body that fails it is
//! repaired, as far as its type allows, and checked again. So repairs cost a valid body nothing.

use super::alias;
use super::ignored::{Ignored, Seen};
use super::nearest::nearest;
use super::origin::{Origin, Slot};
use super::schema::{Compiled, compiled, no_nul};
use crate::error::Result;
use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Number, Value};

/// A body type names its class with `transform = coerced` or `transform = lenient`. Without either it is strict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// Exactly what the schema says.
    #[default]
    Strict,
    /// Accepts a text for a number or boolean, and a value for a list of one. Every key must be known.
    Coerced,
    /// Like `Coerced`. Unknown keys are also dropped and reported, and an empty text for a date counts as
    /// absent.
    Lenient,
}

/// The name of the class in the published schema.
pub const MARK: &str = "x-gatepost-reading";

/// For bodies that select records.
pub fn coerced(schema: &mut Schema) {
    schema.insert(MARK.to_owned(), "coerced".into());
}

/// For bodies of official operations that create or change one kind of record and give no right.
pub fn lenient(schema: &mut Schema) {
    schema.insert(MARK.to_owned(), "lenient".into());
}

impl Reading {
    pub fn of(schema: &Value) -> Reading {
        match schema.get(MARK).and_then(Value::as_str) {
            Some("lenient") => Reading::Lenient,
            Some("coerced") => Reading::Coerced,
            Some(_) | None => Reading::Strict,
        }
    }
}

/// Fields that give or narrow a right. They are read strictly everywhere, and an unknown key that resembles
/// one of them is refused: a caller who misspells `visibility` must not believe that the campaign is private.
pub const RIGHTS: [&str; 16] = [
    "visibility",
    "owned_by",
    "assigned_to",
    "collaborators",
    "accounts",
    "expires_at",
    "allowed_ips",
    "tag_limit",
    "personal",
    "default_campaign_visibility",
    "default_member_role",
    "strict_scopes",
    "strict_bodies",
    "unique_leads",
    "new_owner_id",
    "custom_role",
];

/// Marks the request of a caller whose workspace has `strict_bodies`.
#[derive(Clone, Copy)]
pub struct StrictBodies;

/// The facts about a request that decide how its body is read.
#[derive(Clone)]
pub struct How {
    pub strict: bool,
    method: Method,
    path: Option<MatchedPath>,
    ignored: Slot<Ignored>,
}

impl How {
    pub fn of(request: &Request) -> How {
        let rides = request.extensions();
        How {
            strict: rides.get::<StrictBodies>().is_some(),
            method: request.method().clone(),
            path: rides.get::<MatchedPath>().cloned(),
            ignored: rides.get::<Origin>().map(|origin| origin.ignored.clone()).unwrap_or_default(),
        }
    }

    pub fn ignore(&self, ignored: Ignored) {
        if !ignored.is_empty() {
            self.ignored.fill(|| ignored);
        }
    }

    fn operation(&self) -> String {
        operation(&self.method, self.path.as_ref())
    }
}

pub fn operation(method: &Method, path: Option<&MatchedPath>) -> String {
    format!("{method} {}", path.map_or("", MatchedPath::as_str))
}

/// Checks a body against the schema of its type, and makes the repairs that the type allows.
pub fn accept<T: JsonSchema + 'static>(body: &mut Value, how: &How) -> Result<()> {
    no_nul(body, &mut "body".to_owned())?;
    let compiled = compiled::<T>()?;
    compiled.fold_case(body);
    if compiled.validator.is_valid(body) {
        return Ok(());
    }
    if !how.strict && compiled.reading != Reading::Strict {
        let ignored = repair(compiled, &how.operation(), body);
        // Like the reference's server, accept a PATCH that has only unknown fields: it changes nothing.
        let emptied = !ignored.is_empty() && body.as_object().is_some_and(Map::is_empty);
        how.ignore(ignored);
        if emptied && compiled.schema.get("minProperties").is_some() {
            return Ok(());
        }
    }
    compiled.hold("body", body)
}

fn repair(compiled: &'static Compiled, operation: &str, body: &mut Value) -> Ignored {
    if let Value::Object(fields) = body {
        alias::rename(operation, fields);
    }
    let aliases = alias::of(operation).map(|alias| alias.alias).collect();
    let mut repair =
        Repair { root: &compiled.schema, reading: compiled.reading, aliases, seen: Seen::default() };
    repair.value(&compiled.schema, body, "");
    repair.seen.ignored
}

/// The keys of a body that the operation does not use. A key that resembles a right is not among them.
pub fn unused(fields: &Map<String, Value>) -> Option<Ignored> {
    let mut ignored = Ignored::default();
    fields.keys().all(|name| nearest(name, RIGHTS).is_none()).then(|| {
        fields.keys().for_each(|name| ignored.add(name));
        ignored
    })
}

struct Repair {
    root: &'static Value,
    reading: Reading,
    aliases: Vec<&'static str>,
    seen: Seen,
}

impl Repair {
    fn value(&mut self, schema: &'static Value, value: &mut Value, path: &str) {
        let schema = meant(self.root, schema, value);
        coerce(&types(schema), value);
        match value {
            Value::Object(fields) => self.object(schema, fields, path),
            Value::Array(items) => {
                if let Some(schema) = schema.get("items") {
                    items.iter_mut().for_each(|item| self.value(schema, item, path));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => (),
        }
    }

    fn object(&mut self, schema: &'static Value, fields: &mut Map<String, Value>, path: &str) {
        let Some(known) = schema.get("properties").and_then(Value::as_object) else { return };
        let lenient = self.reading == Reading::Lenient;
        fields.retain(|name, value| match known.get(name) {
            None => !lenient || !self.drops(name, path),
            Some(_) if name == "starting_after" => !value.is_null(),
            Some(schema) => !lenient || is_right(name, schema) || !is_empty_date(schema, value),
        });
        for (name, value) in fields.iter_mut() {
            if let Some(schema) = known.get(name).filter(|schema| !is_right(name, schema)) {
                self.value(schema, value, &join(path, name));
            }
        }
    }

    fn drops(&mut self, name: &str, path: &str) -> bool {
        let is_alias = path.is_empty() && self.aliases.contains(&name);
        self.seen.drops(join(path, name), || !is_alias && nearest(name, RIGHTS).is_none())
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") }
}

fn is_right(name: &str, schema: &Value) -> bool {
    RIGHTS.contains(&name) || schema.get("x-gatepost-extension") == Some(&Value::Bool(true))
}

/// Whether the schema expects a date and the text is empty. Null stays null.
fn is_empty_date(schema: &Value, value: &Value) -> bool {
    let format = schema.get("format").and_then(Value::as_str);
    matches!(format, Some("date" | "date-time")) && value.as_str() == Some("")
}

/// Resolves references, and selects the variant that matches the value.
pub fn meant<'a>(root: &'a Value, schema: &'a Value, value: &Value) -> &'a Value {
    if let Some(at) = schema.get("$ref").and_then(Value::as_str) {
        let found = root.pointer(at.trim_start_matches('#'));
        return found.map_or(schema, |found| meant(root, found, value));
    }
    let variants = ["anyOf", "oneOf"].iter().find_map(|key| schema.get(key)?.as_array());
    let Some(variants) = variants.filter(|_| schema.get("properties").is_none()) else { return schema };
    let variants: Vec<_> = variants.iter().map(|variant| meant(root, variant, value)).collect();
    let fitting = variants.iter().find(|variant| fits(&types(variant), value));
    fitting
        .or_else(|| variants.iter().find(|variant| types(variant) != ["null"]))
        .map_or(schema, |found| *found)
}

fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(only)) => vec![only],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => vec![],
    }
}

fn fits(types: &[&str], value: &Value) -> bool {
    let any = |kinds: &[&str]| kinds.iter().any(|kind| types.contains(kind));
    match value {
        Value::Null => any(&["null"]),
        Value::Bool(_) => any(&["boolean"]),
        Value::Number(_) => any(&["number", "integer"]),
        Value::String(_) => any(&["string"]),
        Value::Array(_) => any(&["array"]),
        Value::Object(_) => any(&["object"]),
    }
}

fn coerce(types: &[&str], value: &mut Value) {
    if types.is_empty() || fits(types, value) {
        return;
    }
    let wants = |kind: &str| types.contains(&kind);
    if let Value::String(text) = value {
        let text = text.trim();
        let whole = || text.parse::<i64>().ok().filter(|_| wants("integer") || wants("number"));
        let real = || text.parse::<f64>().ok().filter(|_| wants("number")).and_then(Number::from_f64);
        let truth = || match text.to_ascii_lowercase().as_str() {
            "true" if wants("boolean") => Some(true),
            "false" if wants("boolean") => Some(false),
            _ => None,
        };
        let meant = whole().map(Value::from).or_else(|| real().map(Value::from));
        if let Some(meant) = meant.or_else(|| truth().map(Value::from)) {
            return *value = meant;
        }
    }
    if wants("array") && !value.is_null() {
        *value = Value::Array(vec![value.take()]);
    }
}
