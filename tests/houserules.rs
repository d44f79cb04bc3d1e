//! Rules that a reviewer would otherwise have to remember.

use std::collections::{BTreeMap, BTreeSet};
use std::{fs, path::Path};

/// Each module can use its own layer and the layers before it.
const LAYERS: &[&[&str]] = &[
    &["error", "time"],
    &["tls"],
    &["config"],
    &["meters"],
    &["clock"],
    &["http"],
    &["auth"],
    &["sending"],
    &["db", "mail", "net"],
    &["app", "access", "audit"],
    &["jobs"],
    &["web"],
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
        for (start, line) in lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.contains(concat!("fn", " ")) && !line.ends_with('}'))
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
        let doors = ["src/access/decision/can.rs", "src/db/migrate.rs", "src/db/mod.rs"];
        assert!(!opens || named(&name, &doors), "{name} opens a transaction");
        let narrow = [
            "decision/gate",
            "recorders/behind",
            "recorders/tries",
            "recorders/uses",
            "recorders/storage/count",
        ];
        let narrow = narrow.map(|module| format!("src/access/{module}.rs"));
        assert!(!text.contains("narrow()") || narrow.contains(&name), "{name} uses the narrow door");
        let books = name == "src/access/decision/gate.rs" || name.starts_with("src/jobs/");
        assert!(!text.contains("books()") || books, "{name} writes in the queue's books");
        // Attempts to deliver, and facts about mails. Neither is a change of a record by a caller.
        let facts = name == "src/resources/webhooks/store/queue.rs"
            || name == "src/resources/campaign_mails/store/mod.rs";
        assert!(!text.contains("gate.facts()") || facts, "{name} writes facts");
        // What the server does by itself: it warns of canary keys, pauses a webhook, sends the mails of campaigns and completes campaigns.
        let server = name == "src/access/decision/can.rs"
            || name == "src/resources/webhooks/deliver.rs"
            || name == "src/resources/api_keys/canary.rs"
            || name.starts_with("src/resources/campaign_mails/");
        assert!(!text.contains("unattended(") || server, "{name} acts by itself");
        let beside = name == "src/access/principal/caller.rs"
            || name.starts_with("src/resources/workspace_group_members");
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
        let demo = name == "src/cli/demo.rs" || name == "src/app.rs";
        assert!(!text.contains(".demo(") || demo, "{name} offers people to sign in as");
        let banned = ["util", "helper", "common", "manager", "service"];
        assert!(!banned.iter().any(|word| name.contains(word)), "{name}");
    }
}

struct File {
    folder: String,
    name: String,
    text: String,
}

/// The sources of the resources, without their tests.
fn resources() -> Vec<File> {
    let all = sources("src/resources").into_iter().filter(|(name, _)| !name.ends_with("/tests.rs"));
    all.filter_map(|(name, text)| {
        let (folder, file) = name.strip_prefix("src/resources/")?.split_once('/')?;
        // In the module of a folder, `super` is the list of resources.
        let text = if file == "mod.rs" { text.replace("super::", "resources::") } else { text };
        Some(File { folder: folder.to_owned(), name: name.clone(), text })
    })
    .collect()
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The paths behind each `resources::`, such as `campaigns as campaign` and `leads::SHAPE`.
fn paths(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for rest in text.split("resources::").skip(1) {
        let mut depth = 0;
        let mut path = String::new();
        for letter in rest.chars() {
            match letter {
                ';' | ')' | '\n' if depth == 0 => break,
                ',' if depth <= 1 => found.push(std::mem::take(&mut path)),
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth < 0 {
                break;
            }
            path.push(letter);
        }
        found.push(path);
    }
    found.iter().map(|path| path.trim_start_matches(['{', ',', ' ', '\n']).trim_end().to_owned()).collect()
}

/// A statement that joins a table of a higher resource may use that resource's `SHAPE`, a constant without
/// dependencies.
fn takes_only_the_shape(text: &str, path: &str) -> bool {
    let folder = word(path);
    let rest = &path[folder.len()..];
    if let Some(item) = rest.strip_prefix("::") {
        // The shape of a folder, or the shape of a record in it.
        return word(item) == "SHAPE" || item.ends_with("::SHAPE");
    }
    let name = path.split_once(" as ").map_or(folder, |(_, alias)| word(alias));
    let prefix = format!("{name}::");
    let mut taken = text.match_indices(&prefix).filter(|(at, _)| {
        let before = text[..*at].chars().last();
        before.is_some_and(|c| !c.is_alphanumeric() && c != '_' && c != ':')
    });
    taken.all(|(at, found)| word(&text[at + found.len()..]) == "SHAPE")
}

/// What each resource uses of the others, and where.
fn uses() -> BTreeMap<String, BTreeMap<String, String>> {
    let mut uses: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let all = resources();
    let folders: BTreeSet<&str> = all.iter().map(|file| &*file.folder).collect();
    for File { folder, name, text } in &all {
        let used = uses.entry(folder.clone()).or_default();
        for path in paths(text) {
            let other = word(&path);
            let counts = other != *folder && folders.contains(&*other) && !takes_only_the_shape(text, &path);
            if counts {
                used.entry(other).or_insert(format!("{name} uses `{path}`"));
            }
        }
    }
    uses
}

#[test]
fn resources_use_one_another_without_a_cycle() {
    let mut open = uses();
    assert!(open.len() > 20, "{}", open.len());
    loop {
        // Those that use nothing that is still open are the lowest.
        let names: BTreeSet<String> = open.keys().cloned().collect();
        open.retain(|_, used| used.keys().any(|other| names.contains(other)));
        if open.len() == names.len() {
            break;
        }
    }
    let open: Vec<&String> = open.values().flat_map(|used| used.values()).collect();
    assert!(open.is_empty(), "among these is a cycle: {open:#?}");
}

/// A resource can use another's operations, but not its tables.
#[test]
fn statements_keep_to_their_store() {
    for File { name, text, .. } in resources() {
        assert!(!text.contains("pub mod store"), "{name}: the store of a resource is private");
        let store = name.ends_with("/store.rs") || name.contains("/store/");
        let has_sql = text.match_indices("sql(").any(|(at, _)| {
            text[..at].chars().last().is_some_and(|c| !c.is_alphanumeric() && !['.', '_'].contains(&c))
        });
        assert!(store || !has_sql, "{name} has SQL: it belongs in the store");
    }
}

/// `routes.rs` only translates JSON. Nothing else of the resource uses it.
#[test]
fn routes_only_translate() {
    for File { name, text, .. } in resources() {
        let routes = name.ends_with("/routes.rs");
        assert!(!routes || !text.contains("async move"), "{name} does what an operation should do");
        let used = text.replace("pub use routes::operations;", "");
        assert!(!used.contains("routes::"), "{name} uses routes.rs");
    }
}

/// The walks cover the operations of the document, so a route outside it would not be checked. These few need
/// no right.
#[test]
fn nothing_answers_past_the_document() {
    let mut plain = Vec::new();
    for (name, text) in sources("src").into_iter().filter(|(name, _)| name != "src/watch.rs") {
        for call in [
            "    .route(",
            "        .route(",
            "operations().route(",
            "::new().route(",
            ").route(",
            ".nest(",
            ".route_service(",
            ".nest_service(",
            ".fallback_service(",
        ] {
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
        "/assets/{hash}/{name}",
        "/auth/email",
        "/auth/reset",
        "/auth/setup",
        "/docs",
        "/docs/{resource}",
        "/health",
        "/invitations/accept",
        "/links/address",
        "/links/group/accept",
        "/links/group/reject",
        "/links/invitation",
        "/links/password",
        "/links/setup",
        "/openapi.json",
        "/reset",
        "/sign-in",
        "/sign-in/demo",
        "/sign-in/factor",
        "/sign-in/passkey",
        "/theme",
        "/u/{token}",
        "/workspace-groups/accept",
        "/workspace-groups/reject",
    ];
    assert_eq!(paths, pages, "{plain:?}");
}

fn files(folder: &str, end: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let name = entry.unwrap().path().to_str().unwrap().to_owned();
        if Path::new(&name).is_dir() {
            found.extend(files(&name, end));
        } else if name.ends_with(end) {
            found.push((name.clone(), fs::read_to_string(name).unwrap()));
        }
    }
    found
}

/// Pages draw what operations and offers give them. Only `web` writes the address of a form.
#[test]
fn pages_only_draw() {
    for (name, text) in files("src/resources", ".html").into_iter().chain(files("src/web", ".html")) {
        assert!(text.lines().count() <= 120, "{name} has {} lines", text.lines().count());
        assert!(!text.contains("style="), "{name} has a style of its own");
        let scripted = text
            .split(" on")
            .skip(1)
            .any(|rest| word(rest).len() > 2 && rest[word(rest).len()..].starts_with('='));
        assert!(!scripted && !text.contains("<script>"), "{name} has a script of its own");
        assert!(name.starts_with("src/web/") || !text.contains("action="), "{name}: only an offer is a form");
    }
    for (name, text) in files("src/web/assets", ".css").into_iter().chain(files("src/web/assets", ".js")) {
        let most = if name.ends_with(".css") { 300 } else { 100 };
        assert!(text.lines().count() <= most, "{name} has {} lines", text.lines().count());
    }
    let pages = resources().into_iter().filter(|file| file.name.ends_with("/pages.rs"));
    for File { name, text, .. } in pages.filter(|file| file.text.contains("-> Pages")) {
        for judged in [".may(", ".also::<", ".reach(", ".write(", "sql("] {
            assert!(
                !text.contains(judged),
                "{name} has `{judged}`: that belongs into the operation, or is an offer"
            );
        }
    }
}
