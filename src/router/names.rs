//! The names of the schemas in the document. Several types of the source are called `New` or `Body`, so schemars numbers
//! them. Here a body gets the name of its operation, and so does an answer with a numbered name.

use aide::openapi::{MediaType, OpenApi, Operation, ReferenceOr, SchemaObject, StatusCode};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

const SCHEMAS: &str = "#/components/schemas/";

/// The new name of each schema, by its current name.
type Names = BTreeMap<String, String>;

pub fn name_schemas(api: &mut OpenApi) {
    let schemas = std::mem::take(&mut api.components.get_or_insert_default().schemas);
    let mut names = named_after_operations(api, &schemas.keys().cloned().collect());
    for name in schemas.keys() {
        let plain = unnumbered(name);
        let is_free = !names.values().any(|taken| taken == plain)
            && (!schemas.contains_key(plain) || names.contains_key(plain));
        if plain != name && !names.contains_key(name) && is_free {
            names.insert(name.clone(), plain.to_owned());
        }
    }
    let used = used(api, &schemas.iter().map(|(name, schema)| (name.as_str(), schema)).collect());
    each_media(api, &mut |media| media.schema.iter_mut().for_each(|schema| rename(schema, &names)));
    let kept = schemas.into_iter().filter(|(name, _)| used.contains(name)).map(|(name, mut schema)| {
        rename(&mut schema, &names);
        (names.get(&name).cloned().unwrap_or(name), schema)
    });
    let mut kept: Vec<_> = kept.collect();
    kept.sort_by(|(a, _), (b, _)| a.cmp(b));
    api.components.get_or_insert_default().schemas = kept.into_iter().collect();
}

/// A body that only one operation takes, and any schema whose name has a number, gets the name of the first operation
/// that refers to it.
fn named_after_operations(api: &mut OpenApi, all: &BTreeSet<String>) -> Names {
    let mut bodies: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut answers = bodies.clone();
    each_operation(api, &mut |operation| {
        let id = operation.operation_id.clone().unwrap_or_default();
        let note = |media: Option<&mut MediaType>, out: &mut BTreeMap<String, Vec<String>>| {
            if let Some(name) = media.and_then(|media| media.schema.as_ref()).and_then(reference) {
                out.entry(name).or_default().push(id.clone());
            }
        };
        note(body(operation), &mut bodies);
        note(answer(operation), &mut answers);
    });
    let numbered = |name: &str| {
        let plain = unnumbered(name);
        plain != name || all.iter().any(|other| other != name && unnumbered(other) == plain)
    };
    let bodies = bodies.into_iter().filter_map(|(name, ids)| {
        let first = ids.first()?;
        (ids.len() == 1 || numbered(&name)).then(|| (name, capitalized(first)))
    });
    let answers = answers.into_iter().filter_map(|(name, ids)| {
        let first = ids.first()?;
        (ids.len() == 1 && numbered(&name)).then(|| (name, capitalized(first) + "Answer"))
    });
    answers.chain(bodies).filter(|(_, name)| !all.contains(name)).collect()
}

fn unnumbered(name: &str) -> &str {
    name.trim_end_matches(|letter: char| letter.is_ascii_digit())
}

fn capitalized(id: &str) -> String {
    let mut letters = id.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn reference(schema: &SchemaObject) -> Option<String> {
    let to = schema.json_schema.get("$ref")?.as_str()?;
    to.strip_prefix(SCHEMAS).map(str::to_owned)
}

/// The schemas to which operations refer, directly or through other schemas.
fn used(api: &mut OpenApi, schemas: &BTreeMap<&str, &SchemaObject>) -> BTreeSet<String> {
    let (mut used, mut next) = (BTreeSet::new(), Vec::new());
    each_media(api, &mut |media| {
        media.schema.iter().for_each(|schema| references(schema.json_schema.as_value(), &mut next));
    });
    while let Some(name) = next.pop() {
        if let Some(schema) = schemas.get(name.as_str()).filter(|_| !used.contains(&name)) {
            references(schema.json_schema.as_value(), &mut next);
        }
        used.insert(name);
    }
    used
}

fn references(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| match (name.as_str(), value) {
            ("$ref", Value::String(to)) => out.extend(to.strip_prefix(SCHEMAS).map(str::to_owned)),
            (_, value) => references(value, out),
        }),
        Value::Array(items) => items.iter().for_each(|item| references(item, out)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => (),
    }
}

fn rename(schema: &mut SchemaObject, names: &Names) {
    rename_fields(schema.json_schema.ensure_object(), names);
}

fn rename_fields(fields: &mut Map<String, Value>, names: &Names) {
    fields.iter_mut().for_each(|(name, value)| match (name.as_str(), value) {
        ("$ref", Value::String(to)) => redirect(to, names),
        (_, value) => rename_value(value, names),
    });
}

fn rename_value(value: &mut Value, names: &Names) {
    match value {
        Value::Object(fields) => rename_fields(fields, names),
        Value::Array(items) => items.iter_mut().for_each(|item| rename_value(item, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => (),
    }
}

fn redirect(to: &mut String, names: &Names) {
    if let Some(name) = to.strip_prefix(SCHEMAS).and_then(|name| names.get(name)) {
        *to = format!("{SCHEMAS}{name}");
    }
}

fn each_media(api: &mut OpenApi, found: &mut dyn FnMut(&mut MediaType)) {
    each_operation(api, &mut |operation| {
        body(operation).into_iter().for_each(&mut *found);
        answer(operation).into_iter().for_each(&mut *found);
    });
}

pub fn each_operation(api: &mut OpenApi, found: &mut dyn FnMut(&mut Operation)) {
    for item in api.paths.iter_mut().flat_map(|paths| paths.paths.values_mut()) {
        if let ReferenceOr::Item(item) = item {
            let all = [&mut item.get, &mut item.post, &mut item.patch, &mut item.put, &mut item.delete];
            all.into_iter().flatten().for_each(&mut *found);
        }
    }
}

fn body(operation: &mut Operation) -> Option<&mut MediaType> {
    match operation.request_body.as_mut()? {
        ReferenceOr::Item(body) => body.content.get_mut("application/json"),
        ReferenceOr::Reference { .. } => None,
    }
}

fn answer(operation: &mut Operation) -> Option<&mut MediaType> {
    let answers = &mut operation.responses.as_mut()?.responses;
    let status = if answers.contains_key(&StatusCode::Code(202)) { 202 } else { 200 };
    match answers.get_mut(&StatusCode::Code(status))? {
        ReferenceOr::Item(answer) => answer.content.get_mut("application/json"),
        ReferenceOr::Reference { .. } => None,
    }
}
