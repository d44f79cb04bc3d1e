//! Every operation of the router, from its own document. No operation is listed by hand.

use super::World;
use gatepost::access::Action;
use serde_json::Value;

#[derive(Clone, Debug)]
pub struct Operation {
    pub method: String,
    pub path: String,
    pub action: &'static Action,
    /// Open: it takes no key.
    pub open: bool,
    pub document: &'static Value,
}

impl Operation {
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub fn takes_id(&self) -> bool {
        self.path.contains("{id}") || self.path.contains("{email}")
    }

    /// The line with this id, or address, in its place.
    pub fn at(&self, id: &str) -> String {
        self.line().replace("{id}", id).replace("{email}", id)
    }

    /// The query parameters, by name.
    pub fn queries(&self) -> Vec<String> {
        let all = self.document["parameters"].as_array().cloned().unwrap_or_default();
        let all = all.into_iter().filter(|parameter| parameter["in"] == "query");
        all.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
    }
}

/// Whether a long walk takes its step number `n`. On SQLite it takes every step. On PostgreSQL it takes every third one,
/// because the same code decides there and each call takes longer. `GATEPOST_WALKS=all`, as in `make torture`, takes all.
pub fn walked(world: &World, n: usize) -> bool {
    let all = std::env::var("GATEPOST_WALKS").is_ok_and(|walks| walks == "all");
    n.is_multiple_of(3) || all || world.url.starts_with("sqlite:")
}

pub fn all(api: &'static Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, methods) in api["paths"].as_object().unwrap() {
        for (method, document) in methods.as_object().unwrap() {
            let name = document["x-permission"].as_str();
            let name = name.unwrap_or_else(|| panic!("{method} {path} names no permission"));
            let action = Action::of(name).unwrap_or_else(|| panic!("{method} {path}: no row {name}"));
            let security = document["security"].as_array().unwrap();
            let open = security.iter().any(|way| way.as_object().unwrap().is_empty());
            found.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                action,
                open,
                document,
            });
        }
    }
    found
}
