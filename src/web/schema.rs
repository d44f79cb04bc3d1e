//! What the schema of a body says about one field, for inputs and for the types of what was typed.

use serde_json::Value;

/// The schema of a field, by its pointer (`campaign_schedule/timezone`). A part that is optional stands for what it is if
/// it is there.
pub fn field<'a>(root: &'a Value, pointer: &str) -> Option<&'a Value> {
    let mut at = meant(root, root);
    for step in pointer.split('/').filter(|step| !step.is_empty()) {
        let named = at.get("properties").and_then(|all| all.get(step));
        let item = || step.parse::<usize>().ok().and_then(|_| at.get("items"));
        at = meant(root, named.or_else(item)?);
    }
    Some(at)
}

/// Behind a reference, and without the choice of null.
fn meant<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix("#/$defs/"));
    if let Some(named) = name.and_then(|name| root.get("$defs")?.get(name)) {
        return meant(root, named);
    }
    // A body whose fields depend on one another has choices beside its fields.
    let choices =
        schema.get("anyOf").filter(|_| schema.get("properties").is_none()).and_then(Value::as_array);
    let is_null = |choice: &&Value| choice.get("type").is_some_and(|kind| kind == "null");
    match choices.and_then(|all| all.iter().find(|choice| !is_null(choice))) {
        Some(choice) => meant(root, choice),
        None => schema,
    }
}

/// Whether the field can be null. The choice stands in the field itself, so this does not look behind it.
pub fn is_nullable(root: &Value, pointer: &str) -> bool {
    let (parent, name) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let declared = field(root, parent).and_then(|parent| parent.get("properties")?.get(name));
    declared.is_some_and(|schema| {
        let in_list = |all: Option<&Value>, null: &dyn Fn(&Value) -> bool| {
            all.and_then(Value::as_array).is_some_and(|all| all.iter().any(null))
        };
        in_list(schema.get("type"), &|kind| kind == "null")
            || in_list(schema.get("anyOf"), &|choice| choice.get("type").is_some_and(|kind| kind == "null"))
    })
}

pub fn is_required(root: &Value, pointer: &str) -> bool {
    let (parent, name) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let required = field(root, parent).and_then(|parent| parent.get("required")?.as_array());
    required.is_some_and(|all| all.iter().any(|required| required == name))
}

/// A part of a list that must be there and can be any text, also an empty one.
pub fn is_free_text(root: &Value, pointer: &str) -> bool {
    let Some(declared) = field(root, pointer).filter(|declared| is_kind(declared, "string")) else {
        return false;
    };
    let bound = ["minLength", "format", "pattern", "enum", "oneOf"];
    pointer.contains('/')
        && is_required(root, pointer)
        && bound.iter().all(|rule| declared.get(rule).is_none())
}

/// Whether the schema names the fields that the value can have.
pub fn has_fields(root: &Value, pointer: &str) -> bool {
    field(root, pointer).is_some_and(|declared| declared.get("properties").is_some())
}

pub fn is_kind(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::Array(all)) => all.iter().any(|one| one == kind),
        Some(one) => one == kind,
        None => false,
    }
}

pub fn number(schema: &Value, keyword: &str) -> Option<i64> {
    schema.get(keyword).and_then(Value::as_i64)
}

/// The values of an enum. A choice between constants is one too.
pub fn options(schema: &Value) -> Option<Vec<String>> {
    let texts = |all: &Vec<Value>| -> Vec<String> {
        all.iter().filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let constants = || {
        let all = schema.get("oneOf")?.as_array()?;
        Some(all.iter().filter_map(|one| one.get("const")?.as_str()).map(str::to_owned).collect())
    };
    schema.get("enum").and_then(Value::as_array).map(texts).or_else(constants)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_is_found_behind_references_lists_and_choices() {
        let root = json!({
            "$defs": { "Day": { "type": "object", "properties": { "from": { "type": "string", "maxLength": 5 } } } },
            "required": ["name"],
            "properties": {
                "name": { "type": "string" },
                "role": { "anyOf": [{ "enum": ["a", "b"] }, { "type": "null" }] },
                "days": { "type": ["array", "null"], "items": { "$ref": "#/$defs/Day" } },
            },
        });
        assert_eq!(number(field(&root, "days/0/from").unwrap(), "maxLength"), Some(5));
        assert_eq!(options(field(&root, "role").unwrap()), Some(vec!["a".to_owned(), "b".to_owned()]));
        assert!(field(&root, "days/0/until").is_none() && field(&root, "days/x").is_none());
        assert!(is_nullable(&root, "role") && is_nullable(&root, "days") && !is_nullable(&root, "name"));
        assert!(is_required(&root, "name") && !is_required(&root, "role"));
        let either =
            json!({ "properties": { "ids": { "type": "array" } }, "anyOf": [{ "required": ["ids"] }] });
        assert!(is_kind(field(&either, "ids").unwrap(), "array"));
        assert!(has_fields(&root, "days/0") && !has_fields(&root, "days"));
    }
}
