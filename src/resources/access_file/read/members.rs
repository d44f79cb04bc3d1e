//! The sections of members and sending accounts.

use super::{Reader, get};
use crate::http::{address, is_email};
use crate::resources::access_file::fault::At;
use crate::resources::access_file::file::{AccountEntry, MemberEntry, Named};
use crate::resources::access_file::yaml::{Entry, Node, Value};
use crate::resources::members::PERMISSIONS;
use std::collections::BTreeMap;

const MEMBER: &str = "a member must be a role, or a map with `role`, `tags` and `permissions`";
const ACCOUNT: &str =
    "a sending account must be the address of a member, null, or a map with `assigned_to` and `tags`";

impl Reader<'_> {
    pub(super) fn members(&mut self, node: &Node) -> Vec<Named<MemberEntry>> {
        let (mut all, mut seen) = (vec![], BTreeMap::new());
        for entry in self.map(node, "`members` must be a map of addresses") {
            let Some(name) = self.once(entry, &mut seen) else { continue };
            if let Some(value) = self.member(&entry.value) {
                all.push(Named { name, at: entry.at, value });
            }
        }
        all
    }

    /// An address that no other entry has.
    fn once(&mut self, entry: &Entry, seen: &mut BTreeMap<String, usize>) -> Option<String> {
        let email = self.email(&entry.key, entry.at)?;
        match seen.insert(email.clone(), entry.at.line) {
            Some(line) => {
                self.fault(entry.at, format!("`{email}` is in line {line} already"));
                None
            }
            None => Some(email),
        }
    }

    fn email(&mut self, text: &str, at: At) -> Option<String> {
        match is_email(text) && text.len() <= 254 {
            true => Some(address(text)),
            false => {
                self.fault(at, format!("`{text}` must be an e-mail address"));
                None
            }
        }
    }

    fn member(&mut self, node: &Node) -> Option<MemberEntry> {
        if let Value::Text(role) = &node.value {
            return Some(MemberEntry { role: Some((role.clone(), node.at)), ..MemberEntry::default() });
        }
        let Value::Map(entries) = &node.value else {
            self.expected(node, MEMBER);
            return None;
        };
        self.known(entries, &["role", "tags", "permissions", "state"]);
        let mut member = MemberEntry::default();
        if let Some(role) = get(entries, "role") {
            member.role = Some((self.text(role, "`role` must be the name of a role")?, role.at));
        }
        member.tags = match get(entries, "tags") {
            None => None,
            Some(Node { value: Value::Null, .. }) => Some(None),
            Some(tags) => {
                Some(Some(self.texts(tags, "`tags` must be a list of labels, or null for no limit")))
            }
        };
        member.permissions = match get(entries, "permissions") {
            None => None,
            Some(Node { value: Value::Null, .. }) => Some(None),
            Some(list) => Some(Some(self.wire_permissions(list))),
        };
        self.state(get(entries, "state"));
        Some(member)
    }

    fn state(&mut self, state: Option<&Node>) {
        let Some(node) = state else { return };
        match &node.value {
            Value::Text(state) if state == "active" => (),
            Value::Text(state) if state == "suspended" => self.fault(
                node.at,
                "suspending a member is not built in Gatepost yet; remove them, or give them a role with fewer rights",
            ),
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
                self.expected(node, "`state` must be `active`");
            }
        }
    }

    /// The member permissions of the official API.
    fn wire_permissions(&mut self, node: &Node) -> Vec<String> {
        let mut all = vec![];
        for (name, at) in self.texts(node, "`permissions` of a member must be a list, or null for all") {
            match PERMISSIONS.contains(&name.as_str()) {
                true => all.push(name),
                false => {
                    let hint = crate::http::hint(&name, PERMISSIONS);
                    self.fault(at, format!("`{name}` is not a member permission{hint}"));
                }
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    pub(super) fn accounts(&mut self, node: &Node) -> Vec<Named<AccountEntry>> {
        let (mut all, mut seen) = (vec![], BTreeMap::new());
        for entry in self.map(node, "`sending_accounts` must be a map of addresses") {
            let Some(name) = self.once(entry, &mut seen) else { continue };
            if let Some(value) = self.account(&entry.value) {
                all.push(Named { name, at: entry.at, value });
            }
        }
        all
    }

    fn account(&mut self, node: &Node) -> Option<AccountEntry> {
        let Value::Map(entries) = &node.value else {
            return Some(AccountEntry { to: Some(self.assignee(node)?), tags: None });
        };
        self.known(entries, &["assigned_to", "tags"]);
        let to = match get(entries, "assigned_to") {
            Some(node) => Some(self.assignee(node)?),
            None => None,
        };
        let tags = get(entries, "tags").map(|tags| self.texts(tags, "`tags` must be a list of labels"));
        Some(AccountEntry { to, tags })
    }

    fn assignee(&mut self, node: &Node) -> Option<Option<(String, At)>> {
        match &node.value {
            Value::Null => Some(None),
            Value::Text(text) => Some(Some((self.email(text, node.at)?, node.at))),
            Value::Bool(_) | Value::Integer(_) | Value::List(_) | Value::Map(_) => {
                self.expected(node, ACCOUNT);
                None
            }
        }
    }
}
