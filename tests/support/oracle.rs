//! Checks answers and our own document against the official document. That text belongs to another publisher
//! and is not in this repository. Without it the checks are skipped and say so.

use super::{API, Answer};
use jsonschema::Validator;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::path::Path;
use std::sync::{LazyLock, Mutex, OnceLock};

pub const EXTENSION: &str = "x-gatepost-extension";

pub fn official() -> Option<&'static Value> {
    static DOCUMENT: OnceLock<Option<Value>> = OnceLock::new();
    let read = || {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/api/instantly-v2.openapi.json");
        let Ok(text) = std::fs::read_to_string(path) else {
            assert!(
                std::env::var_os("GATEPOST_TEST_ALL").is_none() || std::env::var_os("CI").is_none(),
                "the official document is missing"
            );
            writeln!(
                std::io::stderr(),
                "NOT CHECKED against the official document: it is not in ../shared/api"
            )
            .unwrap();
            return None;
        };
        Some(serde_json::from_str(&text).unwrap())
    };
    DOCUMENT.get_or_init(read).as_ref()
}

pub fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(at) => document.pointer(at.trim_start_matches('#')).unwrap_or_else(|| panic!("no {at}")),
        None => schema,
    }
}

/// The path of our document that matches a path. Literal parts come before parameters.
fn template(path: &str) -> Option<&'static str> {
    type Template = (Vec<&'static str>, &'static str);
    static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| {
        let mut all: Vec<Template> = API["paths"]
            .as_object()
            .unwrap()
            .keys()
            .map(|path| (path.split('/').collect(), path.as_str()))
            .collect();
        all.sort_by_key(|(_, path)| path.matches('{').count());
        all
    });
    let path: Vec<_> = path.split('/').collect();
    let fits = |template: &[&str]| {
        template.len() == path.len()
            && template.iter().zip(&path).all(|(t, p)| t == p || t.starts_with('{') && !p.is_empty())
    };
    TEMPLATES.iter().find(|(template, _)| fits(template)).map(|(_, path)| *path)
}

/// Every answer in every test is checked here.
pub fn check(api: &Value, method: &str, path: &str, answer: &Answer) {
    let status = answer.status.as_u16();
    let is_page = answer.headers.get("content-type").is_some_and(|kind| kind == "text/html; charset=utf-8");
    if is_page {
        let policy = answer.headers.get("content-security-policy");
        return assert!(policy.is_some(), "{method} {path}: a page without a policy");
    }
    if status >= 400 {
        let body = answer.json();
        assert_eq!(body["statusCode"], status, "{body}");
        assert!(body["error"].is_string() && body["message"].is_string(), "{body}");
        assert_eq!(body.as_object().unwrap().len(), 3, "{body}");
    }
    if status == 204 {
        return assert!(answer.bytes.is_empty(), "{method} {path}: 204 with a body");
    }
    let Some(template) = template(path) else { return };
    let method = method.to_lowercase();
    let documented = &api["paths"][template][&method]["responses"];
    assert!(
        documented.is_null() || !documented[status.to_string()].is_null(),
        "{method} {template} answered {status}, which is not in the document"
    );
    let content = &api["paths"][template][&method]["responses"][status.to_string()]["content"];
    let kind = answer.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let media = kind.split(';').next().unwrap_or_default();
    if status == 200 && media != "application/json" {
        let documented = content.as_object().into_iter().flatten().any(|(name, _)| name.starts_with(media));
        return assert!(documented, "{method} {path} documents no {media}");
    }
    let ours = &content["application/json"]["schema"];
    if [200, 202].contains(&status) {
        let is_documented = content.as_object().is_some_and(|all| !all.is_empty());
        assert!(is_documented, "{method} {path} documents no answer");
    }
    let Some(document) = official() else { return };
    let operation = &document["paths"][template][&method];
    if operation.is_null() {
        return;
    }
    let schema = &operation["responses"][status.to_string()]["content"]["application/json"]["schema"];
    if status >= 400 {
        return;
    }
    let bare = strip(api, ours, &answer.json());
    let errors = problems(&format!("{method} {template}"), document, schema, &bare);
    assert!(errors.is_empty(), "{method} {template}: {errors:?}\n{bare:#}");
}

fn problems(name: &str, document: &Value, schema: &Value, value: &Value) -> Vec<String> {
    static COMPILED: OnceLock<Mutex<HashMap<String, &'static Validator>>> = OnceLock::new();
    let mut compiled = COMPILED.get_or_init(Mutex::default).lock().unwrap();
    let validator = compiled.entry(name.to_owned()).or_insert_with(|| {
        let mut schema = whole(document, schema);
        schema["components"] = document["components"].clone();
        Box::leak(Box::new(jsonschema::options().should_validate_formats(true).build(&schema).unwrap()))
    });
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// An `allOf` of a closed schema and further properties cannot be satisfied, so both are read as one schema.
fn whole(document: &Value, schema: &Value) -> Value {
    match schema {
        Value::Object(fields) if fields.contains_key("allOf") => {
            let mut all = json!({ "type": "object", "properties": {}, "additionalProperties": false });
            for part in schema["allOf"].as_array().unwrap().iter().map(|part| resolve(document, part)) {
                let properties = part["properties"].as_object().unwrap().clone();
                all["properties"].as_object_mut().unwrap().extend(properties);
            }
            all
        }
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), whole(document, value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(|item| whole(document, item)).collect(),
        _ => schema.clone(),
    }
}

/// Removes what our document marks as ours: fields, and values that replace one of the official ones.
pub fn strip(api: &Value, schema: &Value, value: &Value) -> Value {
    let schema = resolve(api, schema);
    match value {
        Value::Object(fields) => {
            let keep = fields.iter().filter(|(name, _)| !is_ours(property(api, schema, name)));
            keep.map(|(name, value)| (name.clone(), strip(api, property(api, schema, name), value)))
                .collect::<Map<_, _>>()
                .into()
        }
        Value::Array(items) => items.iter().map(|item| strip(api, &schema["items"], item)).collect(),
        Value::Number(_) if schema["x-gatepost-open"].is_string() => {
            let all = schema["enum"].as_array().unwrap();
            let known = all.iter().find(|known| known.as_f64() == value.as_f64());
            known.unwrap_or(&all[0]).clone()
        }
        _ if own_values(schema).contains(value) => {
            let all = schema["enum"].as_array().unwrap();
            all.iter().find(|other| !own_values(schema).contains(other)).unwrap().clone()
        }
        _ => value.clone(),
    }
}

fn property<'a>(api: &'a Value, schema: &'a Value, name: &str) -> &'a Value {
    resolve(api, &resolve(api, schema)["properties"][name])
}

pub fn is_ours(schema: &Value) -> bool {
    schema[EXTENSION] == true
}

fn own_values(schema: &Value) -> Vec<Value> {
    schema["x-gatepost-values"].as_array().cloned().unwrap_or_default()
}

/// The outline by which two schemas are compared: property names, required fields, types and enums.
pub fn outline(document: &Value, schema: &Value) -> Value {
    let schema = resolve(document, schema);
    let mut out: BTreeMap<&str, Value> = BTreeMap::new();
    let mut types: BTreeSet<String> = strings(&schema["type"]);
    if let Some(values) = schema["enum"].as_array() {
        let ours = own_values(schema);
        let values = values.iter().filter(|value| !ours.contains(value) && !value.is_null());
        out.insert("enum", values.map(plain).collect::<BTreeSet<_>>().into_iter().collect());
    }
    if let Some(parts) = schema["allOf"].as_array() {
        return joined(parts.iter().map(|part| outline(document, part)));
    }
    let mut variants = Vec::new();
    for variant in ["anyOf", "oneOf"].iter().filter_map(|key| schema[*key].as_array()).flatten() {
        match resolve(document, variant)["type"] == "null" {
            true => drop(types.insert("null".to_owned())),
            false => variants.push(outline(document, variant)),
        }
    }
    if let ([only], true) = (variants.as_slice(), types.len() <= 1) {
        let mut only = only.clone();
        let inner: BTreeSet<String> = strings(&only["type"]);
        only["type"] = json!(inner.union(&types).collect::<Vec<_>>());
        return only;
    }
    variants.sort_by_key(Value::to_string);
    if !variants.is_empty() {
        out.insert("variants", variants.into());
    }
    out.insert("type", json!(types));
    if let Some(properties) = schema["properties"].as_object() {
        let official = properties.iter().filter(|(_, schema)| !is_ours(resolve(document, schema)));
        let outlines: BTreeMap<_, _> =
            official.map(|(name, schema)| (name, outline(document, schema))).collect();
        out.insert("properties", json!(outlines));
        let optional = strings(&schema["x-gatepost-optional"]);
        let required: BTreeSet<String> = strings(&schema["required"]).union(&optional).cloned().collect();
        let required: BTreeSet<_> = required.into_iter().filter(|name| outlines.contains_key(name)).collect();
        out.insert("required", json!(required));
    }
    if schema["items"].is_object() {
        out.insert("items", outline(document, &schema["items"]));
    }
    json!(out)
}

/// The combined outline of the parts of an `allOf`.
fn joined(parts: impl Iterator<Item = Value>) -> Value {
    parts.fold(json!({}), |mut whole, part| {
        for (key, value) in part.as_object().unwrap() {
            match (whole.get_mut(key), value) {
                (Some(Value::Object(own)), Value::Object(more)) => own.extend(more.clone()),
                (Some(Value::Array(own)), Value::Array(more)) => {
                    own.extend(more.iter().filter(|value| !own.contains(value)).cloned().collect::<Vec<_>>());
                    own.sort_by_key(Value::to_string);
                }
                _ => whole[key] = value.clone(),
            }
        }
        whole
    })
}

fn plain(value: &Value) -> String {
    value.as_f64().map_or_else(|| value.to_string(), |number| number.to_string())
}

pub fn strings(value: &Value) -> BTreeSet<String> {
    match value {
        Value::String(text) => [text.clone()].into(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => BTreeSet::new(),
    }
}
