//! The difference between two states of a record, without secrets.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Fields that are shown once and never stored, at any depth.
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
/// The most bytes of a difference, so that the whole row stays below 16 KB.
const LONGEST: usize = 14 * 1024;
const HIDDEN: &str = "[redacted]";

/// `{field: [before, after]}` for every field that differs. An absent field counts as null.
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
    let fields = fields.map(|field| (field.clone(), states(field).map(|state| Side::of(field, state))));
    capped(fields.collect::<BTreeMap<_, _>>())
}

/// A value on one side of a difference, and the length of its text.
struct Side {
    value: Value,
    bytes: usize,
}

impl Side {
    fn of(field: &str, value: Option<&Value>) -> Side {
        let value = value.map_or(Value::Null, |value| redact(field, value));
        Side { bytes: length(&value), value }
    }

    /// Shows a value by its length and hash, which is enough to prove which value it was.
    fn shorten(&mut self) {
        let text = self.value.to_string();
        *self = Side::of("", Some(&json!({ "bytes": text.len(), "sha256": crate::auth::hash(&text) })));
    }
}

/// The length of a value's JSON text, computed without serializing it. It can be one too long for each list,
/// object and boolean.
fn length(value: &Value) -> usize {
    match value {
        Value::Null => 4,
        Value::Bool(_) => 5,
        Value::Number(number) => number.to_string().len(),
        Value::String(text) => quoted(text),
        Value::Array(items) => 2 + items.iter().map(|item| length(item) + 1).sum::<usize>(),
        Value::Object(fields) => {
            2 + fields.iter().map(|(name, value)| quoted(name) + length(value) + 2).sum::<usize>()
        }
    }
}

fn quoted(text: &str) -> usize {
    let escapes = text.bytes().map(|byte| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 8 | 12 => 1,
        0..0x20 => 5,
        _ => 0,
    });
    text.len() + 2 + escapes.sum::<usize>()
}

/// Shortens the longest values until the difference fits. If there are still too many fields, the last ones
/// are only counted.
fn capped(mut fields: BTreeMap<String, [Side; 2]>) -> Value {
    // Quotes, colon, brackets and commas.
    let of = |(field, sides): (&String, &[Side; 2])| {
        field.len() + 7 + sides.iter().map(|side| side.bytes).sum::<usize>()
    };
    let mut total: usize = fields.iter().map(of).sum();
    let mut longest: Vec<&mut Side> = fields.values_mut().flatten().collect();
    longest.sort_by_key(|side| std::cmp::Reverse(side.bytes));
    for side in longest.into_iter().take_while(|side| side.bytes > SHORTENED) {
        if total <= LONGEST {
            break;
        }
        total -= side.bytes;
        side.shorten();
        total += side.bytes;
    }
    let mut left_out = 0;
    while total > LONGEST {
        let Some((field, sides)) = fields.pop_last() else { break };
        total -= of((&field, &sides));
        left_out += 1;
    }
    let shown = |(field, sides): (String, [Side; 2])| (field, json!(sides.map(|side| side.value)));
    let mut shown: Map<_, _> = fields.into_iter().map(shown).collect();
    if left_out > 0 {
        shown.insert("fields_left_out".to_owned(), left_out.into());
    }
    shown.into()
}

/// Bytes that a shortened value takes up.
const SHORTENED: usize = 100;

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
        let odd = json!({ "t": "a\"b\\c\n\u{1}é", "n": [1, -2.5, true, null, {}], "o": { "x": [] } });
        assert!((0..=4).contains(&(length(&odd) - odd.to_string().len())), "{odd}");
        let long = diff(&json!({}), &json!({ "body": "x".repeat(17_000) }));
        assert_eq!(long["body"][1]["bytes"], 17_002);
    }

    #[test]
    fn a_row_is_bounded_as_a_whole() {
        let state = |letter: &str| {
            let fields =
                (0..8).map(|field| (format!("field{field}"), json!(letter.repeat(500 * (field + 1)))));
            Value::Object(fields.collect())
        };
        let capped = diff(&state("a"), &state("b"));
        assert!(capped.to_string().len() <= LONGEST, "{}", capped.to_string().len());
        assert_eq!(capped["field0"], json!(["a".repeat(500), "b".repeat(500)]), "short ones are kept");
        assert_eq!(capped["field7"][0]["bytes"], 4002);
        assert_ne!(capped["field7"][0]["sha256"], capped["field7"][1]["sha256"]);
    }

    #[test]
    fn fields_without_end_are_counted() {
        let many: Map<_, _> = (0..2000).map(|field| (format!("{field:04}"), json!("short"))).collect();
        let capped = diff(&Value::Null, &many.into());
        assert!(capped.to_string().len() <= LONGEST + 40);
        let left_out = capped["fields_left_out"].as_u64().unwrap() as usize;
        assert_eq!(left_out + capped.as_object().unwrap().len() - 1, 2000);
    }
}
