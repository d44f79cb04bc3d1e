//! Writes an access file in its canonical form, as YAML or JSON.

use super::model::{Account, Member, Model, OwnRole};
use super::read::KEYS;
use crate::access::{GuardRails, LoginPolicy};
use serde_json::{Map, Value, json};
use std::fmt::Write;

/// The sections of a model, in the order of a file. A policy is left out if it is the default.
pub fn document(workspace: &str, model: &Model) -> Value {
    let mut file = Map::new();
    file.insert("version".to_owned(), json!(1));
    file.insert("workspace".to_owned(), json!(workspace));
    file.insert("settings".to_owned(), json!(model.settings));
    let tag = |(label, description): (&String, &Option<String>)| match description {
        Some(description) => json!({ "label": label, "description": description }),
        None => json!(label),
    };
    file.insert("tags".to_owned(), model.tags.iter().map(tag).collect());
    file.insert("roles".to_owned(), map(model.roles.iter().map(|(name, one)| (name, role(one)))));
    file.insert("members".to_owned(), map(model.members.iter().map(|(email, one)| (email, member(one)))));
    file.insert(
        "sending_accounts".to_owned(),
        map(model.accounts.iter().map(|(email, one)| (email, account(one)))),
    );
    if model.guard_rails != GuardRails::default() {
        file.insert("guard_rails".to_owned(), json!(model.guard_rails));
    }
    if model.login_policy != LoginPolicy::default() {
        file.insert("login_policy".to_owned(), json!(model.login_policy));
    }
    Value::Object(file)
}

fn map<'a>(entries: impl Iterator<Item = (&'a String, Value)>) -> Value {
    Value::Object(entries.map(|(name, value)| (name.clone(), value)).collect())
}

fn role(role: &OwnRole) -> Value {
    let can: Map<String, Value> =
        role.cells.lines().map(|(row, reach)| (row.to_owned(), json!(reach.name()))).collect();
    json!({ "based_on": role.base.name(), "can": can })
}

fn member(member: &Member) -> Value {
    if member.tags.is_none() && member.permissions.is_none() {
        return json!(member.role);
    }
    let mut fields = Map::new();
    fields.insert("role".to_owned(), json!(member.role));
    if let Some(tags) = &member.tags {
        fields.insert("tags".to_owned(), json!(tags));
    }
    if let Some(permissions) = &member.permissions {
        fields.insert("permissions".to_owned(), json!(permissions));
    }
    Value::Object(fields)
}

fn account(account: &Account) -> Value {
    match account.tags.is_empty() {
        true => json!(account.to),
        false => json!({ "assigned_to": account.to, "tags": account.tags }),
    }
}

/// YAML: sections and their entries on lines of their own, and what is inside an entry on one line.
pub fn yaml(document: &Value) -> String {
    let mut text = String::new();
    let empty = Map::new();
    let sections = document.as_object().unwrap_or(&empty);
    let ordered = KEYS.iter().filter_map(|name| sections.get_key_value(*name));
    for (name, value) in ordered {
        match value {
            Value::Object(entries) if !entries.is_empty() => {
                let _infallible = writeln!(text, "{}:", scalar(name));
                for (key, value) in entries {
                    let _infallible = writeln!(text, "  {}: {}", scalar(key), flow(value));
                }
            }
            Value::Array(items) if !items.is_empty() => {
                let _infallible = writeln!(text, "{}:", scalar(name));
                for item in items {
                    let _infallible = writeln!(text, "  - {}", flow(item));
                }
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_)
            | Value::Object(_) => {
                let _infallible = writeln!(text, "{}: {}", scalar(name), flow(value));
            }
        }
    }
    text
}

fn flow(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => scalar(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| format!("{}: {}", scalar(key), flow(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
    }
}

/// A text, without quotation marks if YAML can read it only as this text, and otherwise as in JSON.
fn scalar(text: &str) -> String {
    let letter = |letter: char| letter.is_ascii_alphanumeric() || "@._-+/: ".contains(letter);
    let begins = text.chars().next().is_some_and(|first| first.is_ascii_alphabetic());
    let other = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let plain = begins
        && text.chars().all(letter)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !other.contains(&text.to_ascii_lowercase().as_str());
    // A key in a flow map is followed by a colon, so a colon inside is only plain before a letter.
    if plain { text.to_owned() } else { json!(text).to_string() }
}
