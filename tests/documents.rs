//! Facts in the documents that can be checked: links, paths, and lists of files.

use std::{fs, path::Path};

fn documents(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_str().unwrap().trim_start_matches("./").to_owned();
        if path.is_dir() && folder != "." {
            found.extend(documents(&name));
        } else if name.ends_with(".md") {
            found.push(name);
        }
    }
    found.sort_unstable();
    found
}

fn all() -> Vec<String> {
    [".", "docs", "bench"].into_iter().flat_map(documents).collect()
}

fn read(name: &str) -> String {
    fs::read_to_string(name).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The name of a heading in a link, as GitHub makes it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn links_between_documents_resolve() {
    for name in all() {
        for target in read(&name).split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0)) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, heading) = target.split_once('#').unwrap_or((target, ""));
            let linked = match path {
                "" => name.clone(),
                _ => Path::new(&name).parent().unwrap().join(path).to_str().unwrap().to_owned(),
            };
            assert!(Path::new(&linked).exists(), "{name} links to {target}, which does not exist");
            if !heading.is_empty() {
                let text = read(&linked);
                let found =
                    text.lines().any(|l| l.starts_with('#') && anchor(l.trim_start_matches('#')) == heading);
                assert!(found, "{name} links to {target}, and there is no such heading");
            }
        }
    }
}

/// A path in backticks can leave out `src/`, `src/access/` and `tests/`.
#[test]
fn paths_in_documents_exist() {
    let endings = [".rs", ".md", ".py", ".sh", ".txt"];
    for name in
        ["ARCHITECTURE.md", "STYLE.md", "CONTRIBUTING.md", "README.md", "docs/README.md", "docs/testing.md"]
    {
        let Ok(text) = fs::read_to_string(name) else { continue };
        for path in text.split('`').skip(1).step_by(2) {
            let is_path = endings.iter().any(|ending| path.ends_with(ending))
                && !path.contains([' ', '*', '<', '{', '(', ',']);
            let places = ["", "src/", "src/access/", "src/http/", "tests/", "docs/", "bench/"];
            let found = places.iter().any(|place| Path::new(&format!("{place}{path}")).exists());
            let general = ["store.rs", "routes.rs", "tests.rs", "launch.rs", "accept.rs", "types.rs"];
            assert!(
                !is_path || found || general.contains(&path),
                "{name} names `{path}`, which does not exist"
            );
        }
    }
}

#[test]
fn the_index_lists_every_document() {
    let index = read("docs/README.md");
    for name in documents("docs") {
        let path = name.trim_start_matches("docs/");
        let listed =
            index.contains(&format!("]({path})")) || path.starts_with("extensions/") || path == "README.md";
        assert!(listed, "docs/README.md does not list {name}");
    }
}

#[test]
fn the_readme_is_short() {
    let bytes = read("README.md").len();
    assert!(bytes <= 10_000, "README.md has {bytes} bytes");
}

#[test]
fn the_architecture_lists_every_test_file() {
    let architecture = read("ARCHITECTURE.md");
    for line in read("tests/main.rs").lines().filter_map(|line| line.strip_prefix("mod ")) {
        let name = line.trim_end_matches(';');
        let generated = ["samples", "support", "resources"].contains(&name);
        assert!(
            generated || architecture.contains(&format!("`{name}`")),
            "ARCHITECTURE.md does not name tests/{name}.rs"
        );
    }
}

fn sources(folder: &str, out: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => sources(path.to_str().unwrap(), out),
            false if path.extension().is_some_and(|ending| ending == "rs") => {
                out.push_str(&read(path.to_str().unwrap()))
            }
            false => {}
        }
    }
}

/// Names such as `can.write`, `Can::job` and `jobs::Kind`.
#[test]
fn names_in_the_architecture_exist() {
    let mut source = String::new();
    sources("src", &mut source);
    let architecture = read("ARCHITECTURE.md");
    for name in architecture.split('`').skip(1).step_by(2) {
        let ours = name.split_once("::").or_else(|| name.strip_prefix("can.").map(|name| ("can", name)));
        let Some((_, item)) = ours.filter(|(_, item)| item.chars().all(|c| c.is_alphanumeric() || c == '_'))
        else {
            continue;
        };
        let forms = ["fn ", "enum ", "struct ", "mod ", "trait "].map(|kind| format!("{kind}{item}"));
        let row = format!("        {item} ");
        assert!(
            forms.iter().chain([&row]).any(|form| source.contains(form)),
            "ARCHITECTURE.md names `{name}`"
        );
    }
}
