//! An operation as a curl command that can be pasted into a shell.

use super::operation::{Operation, Place};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The command with these values of its fields. A field without a value appears as `{name}` in a path, and is left out elsewhere.
pub fn of(operation: &Operation, base: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let mut path = operation.path.clone();
    let mut query = form_urlencoded::Serializer::new(String::new());
    let mut headers = String::new();
    for (place, field) in &operation.parameters {
        let Some(value) = value(&field.name).filter(|value| !value.is_empty()) else { continue };
        match place {
            Place::Path => {
                let encoded = utf8_percent_encode(&value, NON_ALPHANUMERIC).to_string().replace("%2D", "-");
                path = path.replace(&format!("{{{}}}", field.name), &encoded);
            }
            Place::Query => {
                query.append_pair(&field.name, &value);
            }
            Place::Header => {
                headers.push_str(&format!(" \\\n  -H {}", quoted(&format!("{}: {value}", field.name))))
            }
        }
    }
    let query = query.finish();
    let url = if query.is_empty() { format!("{base}{path}") } else { format!("{base}{path}?{query}") };
    let method = match (operation.method.as_str(), operation.example.is_some()) {
        ("GET", _) | ("POST", true) => String::new(),
        (method, _) => format!(" -X {method}"),
    };
    let body =
        operation.example.as_ref().map(|body| format!(" \\\n  -d {}", quoted(body))).unwrap_or_default();
    let key = if operation.permission.is_some() { " \\\n  -H \"Authorization: Bearer $key\"" } else { "" };
    format!("curl{method} {}{key}{headers}{body}", quoted(&url))
}

/// Quotes a text for a POSIX shell, which takes text in single quotes literally.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patch() -> Operation {
        let described = json!({
            "operationId": "patchPet", "summary": "Change a pet", "x-permission": "pets:update",
            "parameters": [
                { "in": "path", "name": "id", "schema": { "type": "string" } },
                { "in": "query", "name": "why", "schema": { "type": "string" } },
                { "in": "header", "name": "x-as-workspace", "schema": { "type": "string" } },
            ],
            "requestBody": { "content": { "application/json": { "example": { "name": "'; rm -rf ~" } } } },
        });
        Operation::of(&json!({}), "patch", "/pets/{id}", &described).unwrap()
    }

    #[test]
    fn values_are_put_where_they_belong_and_cannot_leave_their_quotes() {
        let values = |name: &str| match name {
            "id" => Some("7/../8".to_owned()),
            "why" => Some("it's & so".to_owned()),
            _ => None,
        };
        assert_eq!(
            of(&patch(), "https://a.example", &values),
            "curl -X PATCH 'https://a.example/pets/7%2F%2E%2E%2F8?why=it%27s+%26+so' \\\n  \
             -H \"Authorization: Bearer $key\" \\\n  -d '{\n  \"name\": \"'\\''; rm -rf ~\"\n}'"
        );
    }

    #[test]
    fn without_values_the_path_shows_what_is_needed() {
        let command = of(&patch(), "https://a.example", &|_| None);
        let start =
            "curl -X PATCH 'https://a.example/pets/{id}' \\\n  -H \"Authorization: Bearer $key\" \\\n  -d ";
        assert!(command.starts_with(start), "{command}");
    }
}
