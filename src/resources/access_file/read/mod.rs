//! Reads a file. Everything that can be checked without a workspace is checked here, and every fault is collected, so that
//! one run shows them all.

mod claims;
mod members;
mod roles;
mod sections;

use super::fault::{At, Fault, Faults};
use super::file::{File, Named, Section};
use super::repair;
use super::yaml::{Entry, Node, Value};
use crate::http::hint;
use std::collections::BTreeSet;

/// The most entries of all sections together.
const ENTRIES: usize = 20_000;
/// The keys of a file, in the order of its canonical form.
pub const KEYS: [&str; 13] = [
    "version",
    "workspace",
    "because",
    "settings",
    "tags",
    "roles",
    "members",
    "sending_accounts",
    "guard_rails",
    "login_policy",
    "exact",
    "allow",
    "tests",
];
/// Sections that need what this server does not have yet.
const NOT_BUILT: [(&str, &str); 2] = [
    ("key_policy", "rules for API keys are not built in Gatepost yet; remove this section"),
    ("role_mapping", "single sign-on is not built in Gatepost yet; remove this section"),
];

/// Reads a text.
pub fn file(source: &str) -> Result<File, Faults> {
    let (root, repaired) = repair::parse(source)?;
    let mut reader = Reader { source, faults: vec![], entries: 0 };
    let mut file = File { repaired: repair::note(&repaired), ..File::default() };
    let Value::Map(entries) = &root.value else {
        let message = format!("a file must be a map of sections; this is {}", root.kind());
        return Err(Faults::one(Fault::new(source, root.at, message)));
    };
    for entry in entries {
        reader.section(&mut file, entry);
    }
    Faults::check(reader.faults)?;
    Ok(file)
}

pub(super) struct Reader<'a> {
    source: &'a str,
    faults: Vec<Fault>,
    entries: usize,
}

impl Reader<'_> {
    fn section(&mut self, file: &mut File, Entry { key, at, value }: &Entry) {
        match key.as_str() {
            "version" => match value.value {
                Value::Integer(1) => (),
                Value::Integer(_)
                | Value::Null
                | Value::Bool(_)
                | Value::Text(_)
                | Value::List(_)
                | Value::Map(_) => self.expected(value, "`version` must be 1"),
            },
            "workspace" => {
                let name = self.text(value, "`workspace` must be the name or the id of a workspace");
                file.workspace = name.map(|name| Named { name, at: value.at, value: () });
            }
            "because" => file.because = self.text(value, "`because` must be a text that says why"),
            "settings" => file.settings = self.settings(value),
            "tags" => file.tags = Some(self.tags(value)),
            "roles" => file.roles = Some(self.roles(value)),
            "members" => file.members = Some(self.members(value)),
            "sending_accounts" => file.accounts = Some(self.accounts(value)),
            "guard_rails" => file.guard_rails = self.patch(value, "guard_rails"),
            "login_policy" => file.login_policy = self.login_policy(value),
            "exact" => file.exact = self.exact(value),
            "allow" => self.allow(file, value),
            "tests" => file.tests = self.claims(value),
            other => match NOT_BUILT.iter().find(|(name, _)| *name == other) {
                Some((_, why)) => self.fault(*at, format!("`{other}`: {why}")),
                None => {
                    let message = format!("there is no section `{other}`");
                    self.fault(*at, one_of(message, other, &KEYS));
                }
            },
        }
    }

    fn fault(&mut self, at: At, message: impl Into<String>) {
        // The sum of all snippets must stay small.
        if self.faults.len() < 200 {
            self.faults.push(Fault::new(self.source, at, message));
        }
    }

    /// Adds a fault: another value is expected here.
    fn expected(&mut self, node: &Node, what: &str) {
        self.fault(node.at, format!("{what}; this is {}", node.kind()));
    }

    fn text(&mut self, node: &Node, what: &str) -> Option<String> {
        match &node.value {
            Value::Text(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
            Value::Text(_) => {
                self.fault(node.at, format!("{what}; this is empty"));
                None
            }
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::List(_) | Value::Map(_) => {
                self.expected(node, what);
                None
            }
        }
    }

    /// The entries of a map. An empty value is an empty map.
    fn map<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Entry] {
        match &node.value {
            Value::Map(entries) => {
                self.count(node, entries.len());
                entries
            }
            Value::Null => &[],
            Value::Bool(_) | Value::Integer(_) | Value::Text(_) | Value::List(_) => {
                self.expected(node, what);
                &[]
            }
        }
    }

    fn list<'n>(&mut self, node: &'n Node, what: &str) -> &'n [Node] {
        match &node.value {
            Value::List(items) => {
                self.count(node, items.len());
                items
            }
            Value::Null => &[],
            Value::Bool(_) | Value::Integer(_) | Value::Text(_) | Value::Map(_) => {
                self.expected(node, what);
                &[]
            }
        }
    }

    fn count(&mut self, node: &Node, more: usize) {
        let before = self.entries;
        self.entries += more;
        if before <= ENTRIES && self.entries > ENTRIES {
            self.fault(node.at, format!("a file has at most {ENTRIES} entries"));
        }
    }

    fn texts(&mut self, node: &Node, what: &str) -> Vec<(String, At)> {
        let items = self.list(node, what);
        items.iter().filter_map(|item| Some((self.text(item, what)?, item.at))).collect()
    }

    /// Refuses keys that are not known.
    fn known(&mut self, entries: &[Entry], keys: &[&str]) {
        for entry in entries.iter().filter(|entry| !keys.contains(&entry.key.as_str())) {
            let message = format!("there is no `{}` here", entry.key);
            self.fault(entry.at, one_of(message, &entry.key, keys));
        }
    }

    fn exact(&mut self, node: &Node) -> BTreeSet<Section> {
        let names = Section::ALL.map(Section::name);
        let mut exact = BTreeSet::new();
        for (name, at) in self.texts(node, "`exact` must be a list of sections") {
            match Section::ALL.into_iter().find(|section| section.name() == name) {
                Some(section) => drop(exact.insert(section)),
                None => {
                    self.fault(at, one_of(format!("`exact` cannot have `{name}`"), &name, &names));
                }
            }
        }
        exact
    }
}

/// A value by its key.
fn get<'n>(entries: &'n [Entry], key: &str) -> Option<&'n Node> {
    entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
}

/// A message about an unknown name, with the name that was most likely meant, and all names that are possible.
fn one_of(message: String, word: &str, names: &[&str]) -> String {
    let hint = hint(word, names.iter().copied());
    let hint = if hint.is_empty() { ".".to_owned() } else { hint };
    format!("{message}{hint} Possible are {}", list(names))
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
