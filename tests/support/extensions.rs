//! The text of `docs/extensions.md`: the parts of our document that the official one does not have, by
//! resource.

use super::oracle::{EXTENSION, is_ours, resolve};
use gatepost::resources::audit_logs::own_types;
use serde_json::Value;
use std::collections::BTreeMap;

const HEAD: &str = "# What Gatepost adds\n\nGenerated from `openapi.json` by `make accept`. Everything here is additive: \
    clients of the official API can ignore it.\n\nMost operations that take an API key also take the header \
    `x-as-workspace`; the API document shows which. A caller in an admin workspace uses it to act in \
    a sub-workspace.\n\nSome bodies are read less strictly than their schema says, as the official API reads them \
    (decision 15). In a `lenient` body unknown keys are dropped. In a `coerced` body a value of a wrong type is converted, \
    too.\n";

pub fn extensions(api: &Value) -> String {
    let mut sections: BTreeMap<String, String> = BTreeMap::new();
    let mut answers = Answers::new();
    for (path, methods) in api["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let line = format!("{} {path}", method.to_uppercase());
            if let Some(text) = section(api, &line, operation, &mut answers) {
                let tag = operation["tags"][0].as_str().unwrap();
                *sections.entry(tag.to_owned()).or_default() += &text;
            }
        }
    }
    let sections: String =
        sections.into_iter().map(|(tag, text)| format!("\n## {}\n{text}", title(&tag))).collect();
    let types = own_types().into_iter().map(|(number, what)| format!("- {number}: {what}\n"));
    format!("{HEAD}{sections}\n## Activity types of the audit log\n\n{}", types.collect::<String>())
}

/// `api_keys` as `Api keys`.
fn title(tag: &str) -> String {
    let words = tag.replace('_', " ");
    let (first, rest) = words.split_at(1);
    first.to_uppercase() + rest
}

/// What answers have in addition, and the operation that lists it first.
type Answers = BTreeMap<String, String>;

/// An operation of ours, or what an official one has in addition.
fn section(api: &Value, line: &str, operation: &Value, answers: &mut Answers) -> Option<String> {
    let summary = operation["summary"].as_str().unwrap();
    let head = format!("\n### {summary}\n\n`{line}`");
    if is_ours(operation) {
        return Some(format!("{head}\n\n{}\n", operation["description"].as_str().unwrap()));
    }
    let mut added = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        if parameter["schema"][EXTENSION] == true && parameter["in"] == "query" {
            added.push(item(&format!("Parameter `{}`", parameter["name"].as_str().unwrap()), parameter));
        }
    }
    let body = &operation["requestBody"]["content"]["application/json"]["schema"];
    let answer = &operation["responses"]["200"]["content"]["application/json"]["schema"];
    if let Some(class) = resolve(api, body)["x-gatepost-reading"].as_str() {
        added.push(format!("- The body is read as `{class}`.\n"));
    }
    fields(api, ("Body", ""), body, &mut added);
    let mut answered = Vec::new();
    // A page has the same fields as one record.
    let one = &resolve(api, answer)["properties"]["items"]["items"];
    fields(api, ("Answer", ""), if one.is_object() { one } else { answer }, &mut answered);
    let answered = answered.concat();
    let first = answers.entry(answered.clone()).or_insert_with(|| summary.to_owned());
    match answered.lines().count() > 2 && first != summary {
        true => added.push(format!("- Answer: the same as of \"{first}\"\n")),
        false => added.push(answered),
    }
    let list = added.concat();
    (!list.is_empty()).then(|| format!("{head} is official. Gatepost adds:\n\n{list}"))
}

fn item(what: &str, described: &Value) -> String {
    match described["description"].as_str() {
        Some(text) => {
            let text: Vec<_> = text.split_whitespace().collect();
            format!("- {what}: {}\n", text.join(" "))
        }
        None => format!("- {what}\n"),
    }
}

/// `place` is the body or the answer, and the path of the field.
fn fields(api: &Value, (place, at): (&str, &str), schema: &Value, out: &mut Vec<String>) {
    let schema = resolve(api, schema);
    let listed = |values: &Value| -> Vec<String> {
        let values = values.as_array().into_iter().flatten();
        values.map(|value| format!("`{}`", value.to_string().trim_matches('"'))).collect()
    };
    let (values, optional) = (listed(&schema["x-gatepost-values"]), listed(&schema["x-gatepost-optional"]));
    if !values.is_empty() && values.len() < 10 {
        out.push(format!("- {place}: `{at}` may also be {}\n", values.join(", ")));
    }
    if !optional.is_empty() {
        out.push(format!("- {place}: {} may be left out\n", optional.join(", ")));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
        match is_ours(resolve(api, property)) {
            true => out.push(item(&format!("{place}: `{path}`"), property)),
            false => fields(api, (place, &path), property, out),
        }
    }
    if schema["items"].is_object() {
        fields(api, (place, at), &schema["items"], out);
    }
}
