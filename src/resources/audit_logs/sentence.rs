//! A row of the audit log as a sentence for people.

use super::AuditLog;
use crate::access::{Action, logged};
use crate::audit;
use serde_json::{Map, Value};
use uuid::Uuid;

/// The kind and the id of what a row is about, from `<kind>/<id>`.
pub fn subject(row: &AuditLog) -> Option<(&str, Uuid)> {
    let (kind, id) = row.resource.split_once('/')?;
    Some((kind, id.parse().ok()?))
}

/// Who did it: a name, an address, or the name of a key.
pub fn actor(row: &AuditLog) -> String {
    let name = row.user_name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    match (name, row.user.strip_prefix("key:"), row.user.as_str()) {
        (Some(name), None, _) => name.to_owned(),
        (_, Some(key), _) => format!("The key {key}"),
        (None, None, "operator") => "The operator".to_owned(),
        (None, None, "server") => "The server".to_owned(),
        (None, None, "many") => "Several callers".to_owned(),
        (None, None, other) => other.to_owned(),
    }
}

/// What the row says. `name` is the name of the record as it is now, if there is one.
pub fn sentence(row: &AuditLog, refused: bool, name: Option<&str>) -> String {
    let who = actor(row);
    let often = match row.affected_count {
        Some(count) if refused && count > 1 => format!(", {count} times"),
        Some(_) | None => String::new(),
    };
    if row.activity_type == audit::CANARY {
        let key = row.user.strip_prefix("key:").unwrap_or_default();
        return format!("Somebody used the canary key {key}{often}");
    }
    if refused {
        return match Action::of(&row.action) {
            Some(action) => format!("{who} was refused: {}{often}", lowered(action.summary)),
            None => format!("{who} was refused{often}"),
        };
    }
    match row.activity_type {
        audit::CONNECTION => "The sign-in to the mail servers of sending accounts changed".to_owned(),
        audit::ACCOUNT_FAILED => {
            format!("The server took {} out of use, because it could not send", what(row, name))
        }
        audit::COMPLETED => format!("The server completed {}: it has nothing more to send", what(row, name)),
        audit::UNSUBSCRIBED => "A person unsubscribed from all mail of this workspace".to_owned(),
        audit::IMPORT_TRIED => format!("{who} tried out a step of an import of leads"),
        _ => {
            let words = logged(&row.action).unwrap_or("did something that this version does not know");
            format!("{who} {}", words.replace("{}", &what(row, name)))
        }
    }
}

/// What the row is about: the name of the record, or the number of records of a bulk call.
fn what(row: &AuditLog, name: Option<&str>) -> String {
    let kind = subject(row).map_or("", |(kind, _)| kind);
    let former = || former_name(&row.audit_metadata.value());
    let many = kind == "workspace" && !row.action.starts_with("workspaces:");
    match (many, row.affected_count) {
        (true, Some(1)) => singular(&row.action),
        (true, Some(count)) => format!("{count} {}", plural(&row.action)),
        (true, None) => plural(&row.action),
        (false, _) => {
            let name = name.map(str::to_owned).or_else(former);
            name.unwrap_or_else(|| {
                format!("a {}", kind.replace('_', " ")).replace("a account", "a sending account")
            })
        }
    }
}

fn plural(permission: &str) -> String {
    match permission.split(':').next().unwrap_or_default() {
        "accounts" => "sending accounts".to_owned(),
        resource => resource.replace('_', " "),
    }
}

fn singular(permission: &str) -> String {
    format!("a {}", plural(permission).trim_end_matches('s'))
}

/// The name that a record had, for one that no longer exists.
fn former_name(metadata: &Value) -> Option<String> {
    let changes = metadata.get("changes")?;
    let side =
        |field: &str| changes.get(field)?.as_array()?.iter().rev().find_map(Value::as_str).map(str::to_owned);
    ["name", "label", "email", "bl_value"].into_iter().find_map(side)
}

fn lowered(summary: &str) -> String {
    let mut letters = summary.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_lowercase).collect();
    format!("{first}{}", letters.as_str())
}

/// The fields that a change changed: the name, what it was, what it is.
pub fn changes(metadata: &Value) -> Vec<(String, Option<String>, Option<String>)> {
    let empty = Map::new();
    let all = metadata.get("changes").and_then(Value::as_object).unwrap_or(&empty);
    let sides = all.iter().map(|(field, sides)| {
        let side = |at: usize| match sides.get(at) {
            Some(Value::Null) | None => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(value) => Some(value.to_string()),
        };
        match sides.is_array() {
            true => (field.replace('_', " "), side(0), side(1)),
            false => (field.replace('_', " "), None, Some(sides.to_string())),
        }
    });
    sides.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_deleted_record_keeps_its_name() {
        let metadata = json!({ "changes": { "status": [1, null], "name": ["Spring", null] } });
        assert_eq!(former_name(&metadata), Some("Spring".to_owned()));
        assert_eq!(former_name(&json!({})), None);
    }

    #[test]
    fn changes_have_two_sides() {
        let metadata =
            json!({ "changes": { "daily_limit": [30, 40], "name": [null, "A"], "fields_left_out": 2 } });
        let text = |text: &str| Some(text.to_owned());
        let expected = vec![
            ("daily limit".to_owned(), text("30"), text("40")),
            ("fields left out".to_owned(), None, text("2")),
            ("name".to_owned(), None, text("A")),
        ];
        assert_eq!(changes(&metadata), expected);
    }
}
