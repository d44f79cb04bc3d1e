//! Rules a reviewer would otherwise have to remember.

use std::{fs, path::Path};

/// Each may use its own layer and those before it.
const LAYERS: &[&[&str]] = &[
    &["error"],
    &["tls"],
    &["config"],
    &["meters"],
    &["db"],
    &["clock"],
    &["http"],
    &["auth"],
    &["mail", "net"],
    &["app", "access", "audit"],
    &["jobs"],
    &["resources"],
    &["docs"],
    &["edge"],
    &["router"],
    &["watch"],
    &["cli"],
    &["main"],
];

fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(sources(&name));
        } else if name.ends_with(".rs") {
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

#[test]
fn files_and_functions_are_short() {
    for (name, text) in sources("src").into_iter().chain(sources("tests")) {
        let most = if name.contains("tests") { 500 } else { 300 };
        assert!(text.lines().count() <= most, "{name} has {} lines", text.lines().count());
        let lines: Vec<_> = text.lines().collect();
        for (start, line) in
            lines.iter().enumerate().filter(|(_, line)| line.contains("fn ") && !line.ends_with('}'))
        {
            let end = line.replace(line.trim_start(), "}");
            let length = lines[start..].iter().position(|line| *line == end).unwrap_or(0);
            assert!(length <= 60, "{name}:{} has {length} lines", start + 1);
        }
    }
}

#[test]
fn dependencies_point_one_way() {
    let layer = |module: &str| LAYERS.iter().position(|layer| layer.contains(&module));
    for (name, text) in sources("src").into_iter().filter(|(name, _)| !name.ends_with("tests.rs")) {
        let module = Path::new(&name).components().nth(1).unwrap().as_os_str().to_str().unwrap();
        let Some(own) = layer(module.trim_end_matches(".rs")) else { continue };
        let text = text.replace("use crate::{", "use crate::").replace("$crate::", "crate::");
        for used in text.split("crate::").skip(1) {
            let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            assert!(layer(&used).is_some_and(|layer| layer <= own), "{name} uses `{used}`");
        }
    }
}

#[test]
fn only_the_proof_opens_a_transaction() {
    let named = |name: &str, allowed: &[&str]| allowed.contains(&name);
    for (name, text) in sources("src") {
        let opens = text.contains(".write(") && text.contains("Writer");
        let doors = ["src/access/can.rs", "src/db/migrate.rs", "src/db/mod.rs"];
        assert!(!opens || named(&name, &doors), "{name} opens a transaction");
        let narrow =
            ["can", "behind", "tries", "storage/count"].map(|module| format!("src/access/{module}.rs"));
        assert!(!text.contains("narrow()") || narrow.contains(&name), "{name} uses the narrow door");
        let books = name == "src/access/can.rs" || name.starts_with("src/jobs/");
        assert!(!text.contains("books()") || books, "{name} writes in the queue's books");
        let beside =
            name == "src/access/caller.rs" || name.starts_with("src/resources/workspace_group_members");
        assert!(!text.contains(".beside(") || beside, "{name} reaches into another workspace");
        let operator = name.starts_with("src/cli")
            || name.starts_with("src/access")
            || name.starts_with("src/resources/explain");
        assert!(!text.contains("::operator(") || operator, "{name} acts as the operator");
        let persons =
            ["src/access", "src/resources/sign_in", "src/resources/people", "src/resources/sessions"];
        let proven = text.contains("::person(") || text.contains("::founder(");
        assert!(
            !proven || persons.iter().any(|place| name.starts_with(place)),
            "{name} takes somebody's word"
        );
        let banned = ["util", "helper", "common", "manager", "service"];
        assert!(!banned.iter().any(|word| name.contains(word)), "{name}");
    }
}

/// A resource may use another's operations, never how it lies in the database.
#[test]
fn statements_keep_to_their_store() {
    for (name, text) in sources("src/resources").into_iter().filter(|(name, _)| name.ends_with("routes.rs")) {
        assert!(!text.contains("sql("), "{name} has SQL: it belongs in the store");
    }
}

/// The walks go over the document, so whatever answers must be in it; these few have no right to check.
#[test]
fn nothing_answers_past_the_document() {
    let mut plain = Vec::new();
    for (name, text) in sources("src") {
        for call in [".route(", ".nest(", ".route_service(", ".nest_service(", ".fallback_service("] {
            plain.extend(
                text.split(call)
                    .skip(1)
                    .map(|rest| (name.clone(), rest.split(',').next().unwrap().trim().to_owned())),
            );
        }
    }
    let mut paths: Vec<_> = plain.iter().map(|(_, path)| path.trim_matches('"')).collect();
    paths.sort_unstable();
    paths.dedup();
    let pages = [
        "/",
        "/auth/email",
        "/auth/reset",
        "/auth/setup",
        "/docs",
        "/docs/{resource}",
        "/health",
        "/invitations/accept",
        "/openapi.json",
        "/workspace-groups/accept",
        "/workspace-groups/reject",
    ];
    assert_eq!(paths, pages, "{plain:?}");
}
