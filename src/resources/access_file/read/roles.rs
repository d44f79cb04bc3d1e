//! The section of roles.

use super::{Reader, get, one_of};
use crate::access::{ACTIONS, Action, EffectiveRole, ROLES, Reach, Role};
use crate::http::hint;
use crate::resources::access_file::bundles::{BUNDLES, Bundle, together};
use crate::resources::access_file::fault::At;
use crate::resources::access_file::file::{Named, RoleEntry};
use crate::resources::access_file::model::OwnRole;
use crate::resources::access_file::yaml::{Entry, Node, Value};
use crate::resources::roles::{self, Permissions};

const KEYS: [&str; 5] = ["based_on", "base", "can", "cannot", "permissions"];
/// What the role can do, in one of three ways.
const SAID: [&str; 3] = ["can", "cannot", "permissions"];
const BASE: &str = "`based_on` must be a built-in role other than `owner`";

impl Reader<'_> {
    pub(super) fn roles(&mut self, node: &Node) -> Vec<Named<RoleEntry>> {
        let mut all = vec![];
        for Entry { key, at, value } in self.map(node, "`roles` must be a map of roles") {
            let entry = match Role::parse(key) {
                Some(role) => self.built_in(role, value),
                None => self.own(key, *at, value).map(RoleEntry::Own),
            };
            if let Some(value) = entry {
                all.push(Named { name: key.clone(), at: *at, value });
            }
        }
        all
    }

    /// `member: {permissions: [own_campaigns]}` says what the role must be able to do.
    fn built_in(&mut self, role: Role, node: &Node) -> Option<RoleEntry> {
        let what = format!(
            "`{}` is a built-in role, which a file cannot change; say only `permissions`",
            role.name()
        );
        let entries = self.map(node, &what);
        for entry in entries.iter().filter(|entry| entry.key != "permissions") {
            self.fault(entry.at, format!("{what}, or make a role with another name"));
        }
        let bundles = get(entries, "permissions").map(|node| self.bundles(node)).unwrap_or_default();
        Some(RoleEntry::BuiltIn { role, bundles })
    }

    fn bundles(&mut self, node: &Node) -> Vec<&'static Bundle> {
        let mut bundles = vec![];
        for (name, at) in self.texts(node, "`permissions` must be a list of bundles") {
            match Bundle::of(&name) {
                Some(bundle) => bundles.push(bundle),
                None => {
                    let names: Vec<_> = BUNDLES.iter().map(|bundle| bundle.name).collect();
                    self.fault(at, one_of(format!("there is no bundle `{name}`"), &name, &names));
                }
            }
        }
        bundles
    }

    fn own(&mut self, name: &str, at: At, node: &Node) -> Option<OwnRole> {
        if !is_name(name) {
            self.fault(
                at,
                format!("`{name}` must have 2 to 32 characters: a letter, and then a-z, 0-9, `_` and `-`"),
            );
            return None;
        }
        let entries = self.map(node, "a custom role must be a map with `based_on`");
        self.known(entries, &KEYS);
        let Some(base) = get(entries, "based_on").or_else(|| get(entries, "base")) else {
            self.fault(at, format!("`{name}` is not a built-in role, so it needs `based_on`; {BASE}"));
            return None;
        };
        let base_at = base.at;
        let base = self.text(base, BASE)?;
        let Some(base) = Role::parse(&base).filter(|role| *role != Role::Owner) else {
            let names: Vec<_> =
                ROLES.iter().map(|role| role.name()).filter(|name| *name != "owner").collect();
            self.fault(base_at, format!("{BASE}, and not `{base}`{}", hint(&base, names)));
            return None;
        };
        let given: Vec<&Entry> = entries.iter().filter(|entry| SAID.contains(&entry.key.as_str())).collect();
        let [entry] = given.as_slice() else {
            self.fault(at, format!("`{name}` needs exactly one of `can`, `cannot` and `permissions`"));
            return None;
        };
        let cells = match entry.key.as_str() {
            "can" => self.can(base, &entry.value)?,
            "cannot" => self.cannot(base, &entry.value)?,
            _ => {
                let bundles = self.bundles(&entry.value);
                let reach = |row: &Action| together(&bundles, row).and(row.reach(base));
                let rows = ACTIONS.iter().filter(|row| reach(row) != Reach::None && !row.is_for_everyone());
                Permissions::from_iter(rows.map(|row| (row.name.to_owned(), reach(row))))
            }
        };
        match roles::cells(base, Some(&cells), None) {
            Ok(cells) => cells.map(|cells| OwnRole::new(base, &cells)),
            Err(error) => {
                let message = error.to_string();
                let message = message.strip_prefix("body/permissions/").unwrap_or(&message);
                let row = message.split(' ').next().unwrap_or_default();
                let at = named(&entry.value, row).unwrap_or(entry.at);
                self.fault(at, format!("`{row}`{}", message.get(row.len()..).unwrap_or_default()));
                None
            }
        }
    }

    /// `can: {campaigns:read: team, leads: own}`. The name of a resource stands for all of its rows that the base has.
    fn can(&mut self, base: Role, node: &Node) -> Option<Permissions> {
        let mut all = Permissions::new();
        let mut single = Permissions::new();
        for entry in self.map(node, "`can` must be a map of permissions and how far they reach") {
            let reach = match &entry.value.value {
                Value::Text(name) => Reach::parse(name),
                Value::Null | Value::Bool(_) | Value::Integer(_) | Value::List(_) | Value::Map(_) => None,
            };
            let Some(reach) = reach else {
                self.expected(&entry.value, "a reach must be `all`, `team`, `own`, `assigned` or `none`");
                return None;
            };
            match Action::of(&entry.key) {
                Some(_) => drop(single.insert(entry.key.clone(), reach)),
                None => {
                    for row in self.rows_of(base, &entry.key, entry.at)? {
                        let within = reach.and(row.reach(base));
                        if within != Reach::None {
                            all.insert(row.name.to_owned(), within);
                        }
                    }
                }
            }
        }
        all.extend(single);
        Some(all)
    }

    fn cannot(&mut self, base: Role, node: &Node) -> Option<Permissions> {
        let mut without = vec![];
        for (name, at) in self.texts(node, "`cannot` must be a list of permissions") {
            match Action::of(&name) {
                Some(row) if row.is_for_everyone() => {
                    self.fault(at, format!("`{name}` must be left out, because everybody has it"));
                    return None;
                }
                Some(row) => without.push(row.name),
                None => without.extend(self.rows_of(base, &name, at)?.iter().map(|row| row.name)),
            }
        }
        let role = EffectiveRole::from(base);
        let rows = ACTIONS.iter().filter(|row| !row.is_for_everyone() && !without.contains(&row.name));
        let rows = rows.map(|row| (row.name.to_owned(), role.reach(row)));
        Some(rows.filter(|(_, reach)| *reach != Reach::None).collect())
    }

    /// The rows of a resource that a role has.
    fn rows_of(&mut self, base: Role, resource: &str, at: At) -> Option<Vec<&'static Action>> {
        let rows: Vec<_> = ACTIONS.iter().copied().filter(|row| row.resource == resource).collect();
        if rows.is_empty() {
            let names = ACTIONS.iter().flat_map(|row| [row.name, row.resource]);
            let hint = hint(resource, names);
            self.fault(at, format!("there is no permission or resource `{resource}`{hint}"));
            return None;
        }
        let has = |row: &&Action| row.reach(base) != Reach::None && !row.is_for_everyone();
        Some(rows.into_iter().filter(has).collect())
    }
}

/// Where a map or a list names something.
fn named(node: &Node, name: &str) -> Option<At> {
    match &node.value {
        Value::Map(entries) => entries.iter().find(|entry| entry.key == name).map(|entry| entry.at),
        Value::List(items) => {
            let is = |item: &&Node| matches!(&item.value, Value::Text(text) if text == name);
            items.iter().find(is).map(|item| item.at)
        }
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Text(_) => None,
    }
}

/// The pattern of `roles::New`.
fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    let first = letters.next().is_some_and(|letter| letter.is_ascii_lowercase());
    let rest = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_-".contains(letter);
    first && (2..=32).contains(&name.len()) && letters.all(rest)
}
