//! Compares our OpenAPI document with the official one. Each of our operations agrees in path, method,
//! parameters, body and answer. The list of missing operations can only become shorter.

use crate::support::World;
use crate::support::operations::{self, Operation};
use crate::support::oracle::{is_ours, official, outline, resolve};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// `UPDATE=1` rewrites the list. It must not become longer.
const UNIMPLEMENTED: &str = "tests/unimplemented.txt";

#[tokio::test]
async fn our_operations_agree_and_the_rest_is_listed() {
    let Some(document) = official() else { return };
    let world = World::sqlite().await;
    let mut differences = Vec::new();
    let (mut missing, mut compared) = (Vec::new(), 0);
    let ours = operations::all(world.api);
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, theirs) in methods.as_object().unwrap() {
            let line = format!("{} {path}", method.to_uppercase());
            match ours.iter().find(|operation| operation.line() == line) {
                None => missing.push(line),
                Some(operation) => {
                    compared += 1;
                    differences.extend(compare(world.api, operation, document, theirs));
                }
            }
        }
    }
    for operation in &ours {
        let known = !document["paths"][&operation.path][operation.method.to_lowercase()].is_null();
        let marked = is_ours(operation.document);
        if known == marked {
            differences.push(format!("{}: marked {marked}, official {known}", operation.line()));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
    assert_eq!(compared + missing.len(), 173);
    let missing: String = missing.iter().map(|line| format!("{line}\n")).collect();
    let listed = std::fs::read_to_string(UNIMPLEMENTED).unwrap_or_default();
    if std::env::var_os("UPDATE").is_some() && (listed.is_empty() || missing.len() <= listed.len()) {
        return std::fs::write(UNIMPLEMENTED, missing).unwrap();
    }
    assert_eq!(missing, listed, "run `make accept`; the list may only shrink");
}

#[tokio::test]
async fn each_operation_has_its_own_id_summary_and_description() {
    let world = World::sqlite().await;
    let (mut ids, mut summaries) = (BTreeSet::new(), BTreeSet::new());
    for operation in operations::all(world.api) {
        let text = |field: &str| operation.document[field].as_str().unwrap_or_default().to_owned();
        let (line, summary) = (operation.line(), text("summary"));
        let id = text("operationId");
        assert!(!id.is_empty() && ids.insert(id.clone()), "{line}: `{id}` is not an id of its own");
        assert!(summary.starts_with(char::is_uppercase) && !summary.ends_with('.'), "{line}: `{summary}`");
        let tag = operation.document["tags"][0].as_str().unwrap().to_owned();
        assert!(summaries.insert((tag, summary.clone())), "{line}: another operation is `{summary}` too");
        let (own, rights) = text("description").rsplit_once("\n\n").map(|(a, b)| (a.len(), b.len())).unwrap();
        assert!(own > 0 && rights > 0, "{line} has no description of its own");
    }
    let schemas = world.api["components"]["schemas"].as_object().unwrap();
    let numbered: Vec<_> =
        schemas.keys().filter(|name| name.ends_with(|last: char| last.is_ascii_digit())).collect();
    assert!(numbered.is_empty(), "{numbered:?}");
}

#[tokio::test]
async fn each_body_has_an_example_that_is_valid() {
    let world = World::sqlite().await;
    for operation in operations::all(world.api) {
        let media = &operation.document["requestBody"]["content"]["application/json"];
        if resolve(world.api, &media["schema"])["type"] != "object" {
            continue;
        }
        let mut schema = media["schema"].clone();
        schema["components"] = world.api["components"].clone();
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        let wrong: Vec<_> = validator.iter_errors(&media["example"]).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{}: {wrong:?}", operation.line());
    }
}

fn compare(api: &Value, ours: &Operation, document: &Value, theirs: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    let mut note = |what: &str, ours_is: Value, theirs_is: Value| {
        differ(&format!("{} {what}", ours.line()), &ours_is, &theirs_is, &mut differences);
    };
    note("operation id", ours.document["operationId"].clone(), theirs["operationId"].clone());
    note("parameters", parameters(api, ours.document), parameters(document, theirs));
    note("body", body(api, ours.document), body(document, theirs));
    let answer = |document: &Value, operation: &Value| {
        let status = if operation["responses"]["202"].is_null() { "200" } else { "202" };
        let schema = &operation["responses"][status]["content"]["application/json"]["schema"];
        outline(document, schema)
    };
    note("answer", answer(api, ours.document), answer(document, theirs));
    differences
}

/// The official parameters by place and name, with type, enum and whether they are required.
fn parameters(document: &Value, operation: &Value) -> Value {
    let all = operation["parameters"].as_array().into_iter().flatten();
    let official = all.filter(|parameter| !is_ours(resolve(document, &parameter["schema"])));
    let named = official.map(|parameter| {
        let name = format!("{} {}", parameter["in"].as_str().unwrap(), parameter["name"].as_str().unwrap());
        (name, json!([parameter["required"] == true, outline(document, &parameter["schema"])]))
    });
    json!(named.collect::<BTreeMap<_, _>>())
}

/// A body that can only be null counts as no body. The outline also says whether further keys are refused.
fn body(document: &Value, operation: &Value) -> Value {
    let schema = resolve(document, &operation["requestBody"]["content"]["application/json"]["schema"]);
    if schema.is_null() || schema["type"] == "null" {
        return Value::Null;
    }
    let closed = |key: &str| schema[key] == false;
    let least = schema["minProperties"].as_i64().unwrap_or(0);
    json!([
        outline(document, schema),
        closed("additionalProperties") || closed("unevaluatedProperties"),
        least
    ])
}

/// The innermost places where two outlines differ.
fn differ(at: &str, ours: &Value, theirs: &Value, out: &mut Vec<String>) {
    match (ours, theirs) {
        _ if ours == theirs => (),
        (Value::Object(a), Value::Object(b)) => {
            let names: BTreeSet<_> = a.keys().chain(b.keys()).collect();
            names
                .into_iter()
                .for_each(|name| differ(&format!("{at} {name}"), &ours[name], &theirs[name], out));
        }
        _ => out.push(format!("{at}\n  ours   {ours}\n  theirs {theirs}")),
    }
}
