//! The fields of a schema as rows of a table.

use super::text;
use serde_json::Value;

pub struct Field {
    /// The name with the fields that contain it: `schedules[].timing.from`.
    pub name: String,
    pub kind: String,
    pub required: bool,
    /// Only Gatepost has it, and the official API does not.
    pub ours: bool,
    /// HTML: the description, then the rules.
    pub notes: String,
}

/// How deep a table goes, and how long it gets.
const DEPTH: usize = 4;
const ROWS: usize = 150;
/// Values of an enumeration that a row lists.
const VALUES: usize = 24;

pub fn of(document: &Value, schema: &Value) -> Vec<Field> {
    let mut rows = Vec::new();
    object(document, schema, "", 0, &mut rows);
    rows
}

/// One value that is not part of an object: a parameter.
pub fn single(document: &Value, name: &str, schema: &Value, required: bool, description: &str) -> Field {
    let mut field = field(document, name, schema, required);
    if !description.is_empty() && !field.notes.contains(&text::line(description)) {
        field.notes = format!("{} {}", text::line(description), field.notes);
    }
    field
}

fn object(document: &Value, schema: &Value, before: &str, depth: usize, rows: &mut Vec<Field>) {
    let schema = resolved(document, schema);
    for part in list(schema, "allOf") {
        object(document, part, before, depth, rows);
    }
    let required: Vec<_> = list(schema, "required").filter_map(Value::as_str).collect();
    let properties = schema.get("properties").and_then(Value::as_object);
    for (name, property) in properties.into_iter().flatten() {
        if rows.len() >= ROWS {
            return;
        }
        let place = format!("{before}{name}");
        rows.push(field(document, &place, property, required.contains(&name.as_str())));
        if depth + 1 < DEPTH {
            within(document, property, &place, depth + 1, rows);
        }
    }
}

/// The fields of an object, or of the objects of a list.
fn within(document: &Value, schema: &Value, place: &str, depth: usize, rows: &mut Vec<Field>) {
    let schema = some(document, schema);
    match schema.get("items") {
        Some(items) => within(document, items, &format!("{place}[]"), depth, rows),
        None => object(document, schema, &format!("{place}."), depth, rows),
    }
}

fn field(document: &Value, name: &str, schema: &Value, required: bool) -> Field {
    let target = some(document, schema);
    let told = |key: &str| schema.get(key).or_else(|| target.get(key));
    let mut notes = told("description").and_then(Value::as_str).map(text::line).unwrap_or_default();
    for rule in rules(document, schema, target) {
        notes = format!("{notes} {rule}.");
    }
    let ours = told("x-gatepost-extension").is_some_and(|mark| mark == &Value::Bool(true));
    Field {
        name: name.to_owned(),
        kind: kind(document, schema),
        required,
        ours,
        notes: notes.trim().to_owned(),
    }
}

fn kind(document: &Value, schema: &Value) -> String {
    let target = some(document, schema);
    let names: Vec<&str> = match resolved(document, target).get("type") {
        Some(Value::String(name)) => vec![name],
        Some(Value::Array(names)) => {
            names.iter().filter_map(Value::as_str).filter(|name| *name != "null").collect()
        }
        _ => vec![],
    };
    let format = target.get("format").and_then(Value::as_str).unwrap_or_default();
    let name = match (names.first().copied().unwrap_or("any value"), format) {
        ("string", "uuid") => "UUID".to_owned(),
        ("string", "email") => "e-mail address".to_owned(),
        ("string", "date") => "date".to_owned(),
        ("string", "date-time") => "time in UTC".to_owned(),
        ("string", _) => "text".to_owned(),
        ("boolean", _) => "true or false".to_owned(),
        ("array", _) => {
            let items = target.get("items").map(|items| kind(document, items)).unwrap_or_default();
            match items.as_str() {
                "" | "text" | "any value" => "list".to_owned(),
                "e-mail address" => "list of e-mail addresses".to_owned(),
                one => format!("list of {one}s"),
            }
        }
        (name, _) => name.to_owned(),
    };
    if may_be_null(document, schema) { format!("{name} or null") } else { name }
}

fn may_be_null(document: &Value, schema: &Value) -> bool {
    let schema = resolved(document, schema);
    list(schema, "type").any(|name| name == "null")
        || list(schema, "anyOf").any(|part| is_null(document, part))
}

fn is_null(document: &Value, schema: &Value) -> bool {
    resolved(document, schema).get("type").is_some_and(|name| name == "null")
}

fn rules(document: &Value, schema: &Value, target: &Value) -> Vec<String> {
    let mut rules = Vec::new();
    let items = target.get("items").map(|items| some(document, items));
    let number = |key: &str| target.get(key).filter(|value| value.is_number()).map(Value::to_string);
    if let Some(values) = target.get("enum").or_else(|| items?.get("enum")).and_then(Value::as_array) {
        let told: Vec<_> = values.iter().filter(|value| !value.is_null()).take(VALUES).map(code).collect();
        let more = if values.len() > VALUES { " and others" } else { "" };
        rules.push(format!("One of {}{more}", told.join(", ")));
    }
    match (number("minimum"), number("maximum")) {
        (Some(least), Some(most)) => rules.push(format!("From {least} to {most}")),
        (Some(least), None) => rules.push(format!("At least {least}")),
        (None, Some(most)) => rules.push(format!("At most {most}")),
        (None, None) => (),
    }
    if let Some(most) = number("maxLength") {
        rules.push(format!("At most {most} characters"));
    }
    if let Some(most) = number("maxItems") {
        rules.push(format!("At most {most} items"));
    }
    let default = schema
        .get("default")
        .filter(|default| !default.is_null() && !default.is_array() && !default.is_object());
    rules.extend(default.map(|default| format!("Default: {}", code(default))));
    rules
}

fn code(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    format!("<code>{}</code>", text::escaped(&text))
}

fn list<'a>(schema: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    schema.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The schema without the alternative null.
fn some<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let schema = resolved(document, schema);
    let mut parts = list(schema, "anyOf").filter(|part| !is_null(document, part));
    match (parts.next(), parts.next()) {
        (Some(only), None) => resolved(document, only),
        _ => schema,
    }
}

/// Follows a reference to the schema that it names.
pub fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    let mut schema = schema;
    for _ in 0..DEPTH {
        let Some(name) = schema.get("$ref").and_then(Value::as_str) else { break };
        let Some(target) = document.pointer(name.trim_start_matches('#')) else { break };
        schema = target;
    }
    schema
}
