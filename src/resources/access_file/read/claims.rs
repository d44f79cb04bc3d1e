//! The section of tests.

use super::{Reader, get};
use crate::access::{ACTIONS, Action, Reach};
use crate::http::{address, hint, is_email};
use crate::resources::access_file::fault::At;
use crate::resources::access_file::file::{Claim, On, Right, Says, Whom};
use crate::resources::access_file::yaml::{Entry, Node, Value};

/// The most tests of a file.
const MOST: usize = 500;
const TEST: &str =
    "a test must be a map with `name`, `for`, and `can` or `cannot`; or with `who_can` and `only`";
const WHOM: &str = "this must be an address, `{role: NAME}`, `{key: NAME}` or `{everybody: true}`";

impl Reader<'_> {
    pub(super) fn claims(&mut self, node: &Node) -> Vec<Claim> {
        let items = self.list(node, "`tests` must be a list of tests");
        if items.len() > MOST {
            self.fault(node.at, format!("a file has at most {MOST} tests"));
            return vec![];
        }
        items.iter().enumerate().filter_map(|(index, item)| self.claim(index, item)).collect()
    }

    fn claim(&mut self, index: usize, item: &Node) -> Option<Claim> {
        let Value::Map(entries) = &item.value else {
            self.expected(item, TEST);
            return None;
        };
        self.known(entries, &["name", "for", "on", "can", "cannot", "who_can", "only"]);
        let name = match get(entries, "name") {
            Some(name) => self.text(name, "`name` must be a text")?,
            None => format!("test {}", index + 1),
        };
        let says = match (get(entries, "for"), get(entries, "who_can")) {
            (Some(who), None) => self.about(item, entries, who)?,
            (None, Some(right)) => self.closed(item, entries, right)?,
            (None, None) | (Some(_), Some(_)) => {
                self.fault(item.at, TEST);
                return None;
            }
        };
        Some(Claim { name, at: item.at, says })
    }

    fn about(&mut self, item: &Node, entries: &[Entry], who: &Node) -> Option<Says> {
        let who = self.whom(who)?;
        let on = match get(entries, "on") {
            Some(on) => Some(self.on(on)?),
            None => None,
        };
        let before = self.faults.len();
        let can = get(entries, "can").map(|node| self.rights(node)).unwrap_or_default();
        let cannot = get(entries, "cannot").map(|node| self.rights(node)).unwrap_or_default();
        if can.is_empty() && cannot.is_empty() && self.faults.len() == before {
            self.fault(item.at, TEST);
            return None;
        }
        if get(entries, "only").is_some() {
            self.fault(item.at, "`only` belongs to a test with `who_can`");
            return None;
        }
        Some(Says::About { who, on, can, cannot })
    }

    fn closed(&mut self, item: &Node, entries: &[Entry], right: &Node) -> Option<Says> {
        if let Some(other) =
            entries.iter().find(|entry| ["on", "can", "cannot"].contains(&entry.key.as_str()))
        {
            self.fault(other.at, format!("`{}` belongs to a test with `for`", other.key));
            return None;
        }
        let name = self.text(right, "`who_can` must be a permission")?;
        let right = self.right(&name, None, right.at)?;
        let Some(only) = get(entries, "only") else {
            self.fault(item.at, TEST);
            return None;
        };
        let items = self.list(only, "`only` must be a list").to_vec();
        let only = items.iter().filter_map(|item| self.whom(item)).collect();
        Some(Says::Closed { right, only })
    }

    fn whom(&mut self, node: &Node) -> Option<Whom> {
        match &node.value {
            Value::Text(text) if is_email(text) => Some(Whom::Member(address(text))),
            Value::Map(entries) => match entries.as_slice() {
                [Entry { key, value, .. }] => match (key.as_str(), &value.value) {
                    ("role", Value::Text(name)) => Some(Whom::Role(name.clone())),
                    ("key", Value::Text(name)) => Some(Whom::Key(name.clone())),
                    ("everybody", Value::Bool(true)) => Some(Whom::Everybody),
                    ("member", Value::Text(email)) if is_email(email) => Some(Whom::Member(address(email))),
                    _ => self.no_whom(node),
                },
                _ => self.no_whom(node),
            },
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Text(_) | Value::List(_) => {
                self.no_whom(node)
            }
        }
    }

    fn no_whom(&mut self, node: &Node) -> Option<Whom> {
        self.expected(node, WHOM);
        None
    }

    fn on(&mut self, node: &Node) -> Option<On> {
        if let Value::Map(entries) = &node.value
            && let [Entry { key, value: Node { value: Value::Text(name), .. }, .. }] = entries.as_slice()
        {
            match key.as_str() {
                "campaign" => return Some(On::Campaign(name.clone())),
                "sending_account" => return Some(On::SendingAccount(address(name))),
                "lead_list" => return Some(On::LeadList(name.clone())),
                _ => (),
            }
        }
        let what = "`on` must be `{campaign: NAME}`, `{sending_account: ADDRESS}` or `{lead_list: NAME}`";
        self.expected(node, what);
        None
    }

    /// A list of permissions and resources, or of `{permission: reach}`; or a map of them.
    fn rights(&mut self, node: &Node) -> Vec<Right> {
        const WHAT: &str = "this must be a list of permissions, such as `[campaigns:export]`";
        let mut rights = vec![];
        let entries: Vec<(String, Option<&Node>, At)> = match &node.value {
            Value::Map(entries) => named(entries),
            Value::List(items) => {
                let mut all = vec![];
                for item in items {
                    match &item.value {
                        Value::Text(name) => all.push((name.clone(), None, item.at)),
                        Value::Map(entries) => all.extend(named(entries)),
                        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::List(_) => {
                            self.expected(item, WHAT)
                        }
                    }
                }
                all
            }
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Text(_) => {
                self.expected(node, WHAT);
                vec![]
            }
        };
        for (name, reach, at) in entries {
            let reach = match reach.map(|node| (&node.value, node)) {
                None => None,
                Some((Value::Text(name), node)) => match Reach::parse(name) {
                    Some(reach) => Some(reach),
                    None => {
                        self.fault(node.at, "a reach must be `all`, `team`, `own`, `assigned` or `none`");
                        continue;
                    }
                },
                Some((_, node)) => {
                    self.expected(node, "a reach must be `all`, `team`, `own`, `assigned` or `none`");
                    continue;
                }
            };
            rights.extend(self.right(&name, reach, at));
        }
        rights
    }

    fn right(&mut self, name: &str, reach: Option<Reach>, at: At) -> Option<Right> {
        let rows: Vec<&'static Action> = match Action::of(name) {
            Some(row) => vec![row],
            None => {
                let optional = |row: &&Action| row.resource == name && !row.is_for_everyone();
                ACTIONS.iter().copied().filter(optional).collect()
            }
        };
        if rows.is_empty() {
            let hint = hint(name, ACTIONS.iter().flat_map(|row| [row.name, row.resource]));
            self.fault(at, format!("there is no permission or resource `{name}`{hint}"));
            return None;
        }
        Some(Right { rows, name: name.to_owned(), reach })
    }
}

fn named(entries: &[Entry]) -> Vec<(String, Option<&Node>, At)> {
    entries.iter().map(|entry| (entry.key.clone(), Some(&entry.value), entry.at)).collect()
}
