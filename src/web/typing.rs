//! The texts of a form in the types of the schema of a body.

use super::schema;
use super::typed::Fields;
use crate::error::{Error, Result};
use serde_json::{Map, Value};

/// The largest position in a list that a name can have.
const LONGEST_LIST: usize = 1_000;

/// The fields in the types of a schema.
pub fn typed_as(root: &Value, fields: &Fields) -> Result<Map<String, Value>> {
    let mut body = Value::Object(Map::new());
    for (name, text) in fields.iter().filter(|(name, _)| !name.starts_with('_')) {
        let (pointer, item) = match name.strip_suffix("[]") {
            Some(pointer) => (pointer, true),
            None => (name.as_str(), false),
        };
        if let Some(value) = value(root, pointer, text, item) {
            put(&mut body, root, pointer, value, item)?;
        }
    }
    if let Value::Object(body) = body {
        Ok(body)
    } else {
        Err(Error::internal("a form that is not an object"))
    }
}

/// A text in the type of its field. A text that does not fit stays a text, and the check then names the field. An empty
/// text is null where the field can be null, and otherwise absent.
fn value(root: &Value, pointer: &str, text: &str, item: bool) -> Option<Value> {
    let declared = schema::field(root, &if item { format!("{pointer}/0") } else { pointer.to_owned() });
    let is = |kind: &str| declared.is_some_and(|declared| schema::is_kind(declared, kind));
    if text.trim().is_empty() {
        return match is("array") && !item {
            _ if item => None,
            _ if schema::is_nullable(root, pointer) => Some(Value::Null),
            _ if schema::is_free_text(root, pointer) => Some(Value::from("")),
            true => Some(Value::Array(vec![])),
            false => None,
        };
    }
    let parsed = match (is("integer"), is("number"), is("boolean")) {
        (true, ..) => text.trim().parse::<i64>().ok().map(Value::from),
        (_, true, _) => number(text.trim()),
        (.., true) => text.parse::<bool>().ok().map(Value::from),
        (false, false, false) => None,
    };
    // Browsers send the ends of lines as two characters.
    Some(parsed.unwrap_or_else(|| Value::from(text.replace("\r\n", "\n"))))
}

/// A whole number stays whole, as it does in JSON, so that a field that was not changed is equal to what is stored.
fn number(text: &str) -> Option<Value> {
    let whole = text.parse::<i64>().ok().map(Value::from);
    whole.or_else(|| text.parse::<f64>().ok().and_then(serde_json::Number::from_f64).map(Value::Number))
}

/// Puts a value at its place. The last value of a name counts, except in a list. A number is a place in a list, unless the
/// schema has a field of that name.
fn put(body: &mut Value, root: &Value, pointer: &str, value: Value, item: bool) -> Result<()> {
    let (mut at, mut before) = (body, String::new());
    for step in pointer.split('/') {
        let names = at.is_object() || schema::has_fields(root, &before);
        before = format!("{before}/{step}");
        if let (Ok(index), false) = (step.parse::<usize>(), names) {
            if !at.is_array() {
                *at = Value::Array(vec![]);
            }
            let Value::Array(items) = at else { continue };
            if index >= LONGEST_LIST {
                return Err(Error::invalid(format!("body must NOT have more than {LONGEST_LIST} items")));
            }
            if items.len() <= index {
                items.resize(index + 1, Value::Null);
            }
            at = items.get_mut(index).ok_or_else(|| Error::internal("a list that did not grow"))?;
        } else {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            let Value::Object(fields) = at else { continue };
            at = fields.entry(step).or_insert(Value::Null);
        }
    }
    match (item, &mut *at) {
        (true, Value::Array(items)) => items.push(value),
        (true, _) => *at = Value::Array(vec![value]),
        (false, _) => *at = value,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn body(pairs: &[(&str, &str)]) -> Value {
        let root = json!({ "properties": {
            "name": { "type": "string" },
            "note": { "type": ["string", "null"] },
            "count": { "type": "integer" },
            "share": { "type": "number" },
            "on": { "type": "boolean" },
            "tags": { "type": ["array", "null"], "items": { "type": "string" } },
            "accounts": { "type": "array", "items": { "type": "string" } },
            "days": { "type": "array", "items": { "type": "object", "properties": { "from": { "type": "integer" }, "text": { "type": "string" } }, "required": ["text"] } },
        } });
        let fields = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Value::Object(typed_as(&root, &fields).unwrap())
    }

    #[test]
    fn texts_become_what_the_schema_says() {
        let typed = body(&[
            ("name", "12"),
            ("note", ""),
            ("count", " 12 "),
            ("on", "false"),
            ("on", "true"),
            ("_by", "x"),
            ("days/1/from", "9"),
            ("days/0/from", "8"),
        ]);
        let days = json!([{ "from": 8 }, { "from": 9 }]);
        assert_eq!(typed, json!({ "name": "12", "note": null, "count": 12, "on": true, "days": days }));
        assert_eq!(body(&[("name", ""), ("count", "x")]), json!({ "count": "x" }));
        assert_eq!(body(&[("other", "y")]), json!({ "other": "y" }));
        assert_eq!(body(&[("share", "40")]), json!({ "share": 40 }));
        assert_eq!(body(&[("share", "0.5")]), json!({ "share": 0.5 }));
    }

    #[test]
    fn a_text_inside_a_list_can_be_empty_and_have_lines() {
        assert_eq!(body(&[("days/0/text", "")]), json!({ "days": [{ "text": "" }] }));
        assert_eq!(body(&[("days/0/text", "a\r\nb")]), json!({ "days": [{ "text": "a\nb" }] }));
    }

    #[test]
    fn an_empty_list_is_null_or_empty_and_its_items_replace_that() {
        let none = body(&[("tags", ""), ("accounts", "")]);
        assert_eq!(none, json!({ "tags": null, "accounts": [] }));
        assert_eq!(body(&[("tags", ""), ("tags[]", "a"), ("tags[]", "b")]), json!({ "tags": ["a", "b"] }));
    }

    #[test]
    fn a_field_can_be_called_by_a_number() {
        let days = json!({ "properties": { "0": { "type": "boolean" }, "1": { "type": "boolean" } } });
        let root = json!({ "properties": { "hours": { "type": "array", "items": { "properties": { "days": days } } } } });
        let fields = [("hours/0/days/1", "true"), ("hours/0/days/0", "false")];
        let fields = fields.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let body = Value::Object(typed_as(&root, &fields).unwrap());
        assert_eq!(body, json!({ "hours": [{ "days": { "1": true, "0": false } }] }));
    }

    #[test]
    fn names_cannot_make_the_body_large() {
        let fields = vec![("days/999999999/from".to_owned(), "1".to_owned())];
        assert!(typed_as(&json!({}), &fields).is_err());
        let fields = vec![("x/0".to_owned(), "1".to_owned()), ("x/1001".to_owned(), "1".to_owned())];
        assert!(typed_as(&json!({}), &fields).is_err());
    }
}
