//! What differs between two states of a record, with nothing secret in it.

use serde_json::{Map, Value, json};

/// Fields that are shown once and never stored, wherever they stand.
const SECRET: [&str; 9] = [
    "api_key",
    "key",
    "password",
    "imap_password",
    "smtp_password",
    "sec",
    "secret",
    "token",
    "invitation_url",
];
/// Bytes of a value that a row holds.
const LONGEST: usize = 16 * 1024;
const HIDDEN: &str = "[redacted]";

/// `{field: [before, after]}` for every field that differs; to be absent is to be null.
pub fn diff(before: &Value, after: &Value) -> Value {
    let empty = Map::new();
    let (before, after) = (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    let states =
        |field: &String| [before, after].map(|state| state.get(field).filter(|value| !value.is_null()));
    let differs = |field: &&String| {
        let [was, is] = states(field);
        was != is
    };
    let fields = before.keys().chain(after.keys()).filter(differs);
    fields
        .map(|field| {
            (field.clone(), json!(states(field).map(|state| state.map(|value| short(redact(field, value))))))
        })
        .collect::<Map<_, _>>()
        .into()
}

/// A long value by its length and hash: enough to prove which one it was.
fn short(value: Value) -> Value {
    let text = value.to_string();
    match text.len() > LONGEST {
        true => json!({ "bytes": text.len(), "sha256": crate::auth::hash(&text) }),
        false => value,
    }
}

fn redact(field: &str, value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        _ if SECRET.contains(&field) => json!(HIDDEN),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), redact(name, value)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(|item| redact(field, item)).collect(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_and_no_secret() {
        let before = json!({ "name": "a", "key": "gpk_1", "same": 1 });
        let after = json!({ "name": "b", "key": null, "same": 1, "none": null, "deep": { "password": "x", "port": 1 } });
        let expected = json!({
            "name": ["a", "b"],
            "key": ["[redacted]", null],
            "deep": [null, { "password": "[redacted]", "port": 1 }],
        });
        assert_eq!(diff(&before, &after), expected);
        let long = diff(&json!({}), &json!({ "body": "x".repeat(17_000) }));
        assert_eq!(long["body"][1]["bytes"], 17_002);
    }
}
