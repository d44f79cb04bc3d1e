//! Generated truth is committed and compared: `make accept` (that is, `UPDATE=1`) writes it anew.

use crate::support::World;
use crate::support::oracle::{EXTENSION, is_ours, resolve};
use gatepost::access::markdown;
use gatepost::resources::audit_logs::own_types;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

fn compare(path: &str, fresh: &str) {
    if std::env::var_os("UPDATE").is_some() {
        return fs::write(path, fresh).unwrap();
    }
    let committed = fs::read_to_string(path).unwrap_or_default();
    assert!(committed == fresh, "{path} is out of date: run `make accept` and look at the difference");
}

#[test]
fn the_access_matrix() {
    compare("docs/access-matrix.md", &markdown());
}

#[tokio::test]
async fn the_document() {
    let world = World::sqlite().await;
    compare("openapi.json", &(serde_json::to_string_pretty(&*world.api).unwrap() + "\n"));
}

#[tokio::test]
async fn the_extensions() {
    let world = World::sqlite().await;
    compare("docs/extensions.md", &extensions(&world.api));
}

/// The tour to read is the script that is tested.
#[test]
fn the_tour() {
    let page = fs::read_to_string("docs/tour.md").unwrap();
    let (before, _) = page.split_once("```sh\n").unwrap();
    let script = fs::read_to_string("scripts/tour.sh").unwrap();
    let (_, tour) = script.split_once("# ---- The tour ----\n").unwrap();
    compare("docs/tour.md", &format!("{before}```sh\n{}\n```\n", tour.trim()));
}

/// What we add to the official API, from our own document.
fn extensions(api: &Value) -> String {
    let mut out = String::from(
        "# What Gatepost adds\n\nGenerated from `openapi.json` by `make accept`. All of it is additive: clients of \
         the official API may ignore it.\n\n## Operations\n\n",
    );
    let mut found = Found::new();
    for (path, methods) in api["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let line = format!("`{} {path}`", method.to_uppercase());
            if is_ours(operation) {
                out += &format!("- {line}: {}\n", operation["summary"].as_str().unwrap());
                continue;
            }
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            let answer = &operation["responses"]["200"]["content"]["application/json"]["schema"];
            own_fields(api, "", body, &mut |what| note(&mut found, what, format!("{line} (body)")));
            own_fields(api, "", answer, &mut |what| note(&mut found, what, line.clone()));
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                if parameter["schema"][EXTENSION] == true {
                    note(&mut found, format!("`?{}`", parameter["name"].as_str().unwrap()), line.clone());
                }
            }
        }
    }
    out += "\n## Fields and values of official operations\n\n";
    out.extend(
        found
            .into_iter()
            .map(|(what, lines)| format!("- {what}: {}\n", lines.into_iter().collect::<Vec<_>>().join(", "))),
    );
    out += "\n## Activity types of the audit log\n\n";
    out.extend(own_types().into_iter().map(|(number, what)| format!("- {number}: {what}\n")));
    out
}

/// What is added, and where.
type Found = BTreeMap<String, BTreeSet<String>>;

fn note(found: &mut Found, what: String, line: String) {
    found.entry(what).or_default().insert(line);
}

fn own_fields(api: &Value, at: &str, schema: &Value, out: &mut dyn FnMut(String)) {
    let schema = resolve(api, schema);
    let listed = |values: &Value| -> Vec<String> {
        let values = values.as_array().into_iter().flatten();
        values.map(|value| format!("`{}`", value.to_string().trim_matches('"'))).collect()
    };
    if let Some(class) = schema["x-gatepost-reading"].as_str() {
        out(format!("The body is read as `{class}` (decision 15)"));
    }
    let (values, optional) = (listed(&schema["x-gatepost-values"]), listed(&schema["x-gatepost-optional"]));
    if !values.is_empty() && values.len() < 10 {
        out(format!("`{at}` may also be {}", values.join(", ")));
    }
    if !optional.is_empty() {
        out(format!("{} may be left out", optional.join(", ")));
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        match is_ours(resolve(api, property)) {
            true => out(format!("`{name}`")),
            false => own_fields(api, name, property, out),
        }
    }
    if schema["items"].is_object() {
        own_fields(api, at, &schema["items"], out);
    }
}
