//! The small sections: settings, tags, policies, and what a file allows.

use super::{Reader, get, list};
use crate::error::Result;
use crate::http::check;
use crate::resources::access_file::file::{File, Named, Placed};
use crate::resources::access_file::rails::Kind;
use crate::resources::access_file::yaml::{Node, Value};
use crate::resources::{custom_tags, login_policy, workspaces};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

const SETTINGS: [&str; 4] =
    ["default_campaign_visibility", "default_member_role", "strict_scopes", "unique_leads"];

impl Reader<'_> {
    pub(super) fn settings(&mut self, node: &Node) -> Option<Placed<workspaces::Patch>> {
        let entries = self.map(node, "`settings` must be a map of settings");
        self.known(entries, &SETTINGS);
        match entries.iter().all(|entry| SETTINGS.contains(&entry.key.as_str())) {
            true => self.patch(node, "settings"),
            false => None,
        }
    }

    pub(super) fn login_policy(&mut self, node: &Node) -> Option<Placed<login_policy::Patch>> {
        if let Value::Map(entries) = &node.value
            && let Some(Node { value: Value::List(methods), .. }) = get(entries, "methods")
            && let Some(sso) =
                methods.iter().find(|method| matches!(&method.value, Value::Text(name) if name == "sso"))
        {
            self.fault(
                sso.at,
                "`sso`: single sign-on is not built in Gatepost yet; use `password` and `passkey`",
            );
            return None;
        }
        self.patch(node, "login_policy")
    }

    /// A section that has the fields of a PATCH, checked by the same schema.
    pub(super) fn patch<T>(&mut self, node: &Node, section: &str) -> Option<Placed<T>>
    where
        T: DeserializeOwned + JsonSchema + 'static,
    {
        let entries = self.map(node, &format!("`{section}` must be a map"));
        if entries.is_empty() {
            return None;
        }
        let json = node.json();
        match read::<T>(section, json) {
            Ok(value) => Some(Placed { at: node.at, value }),
            Err(error) => {
                let message = error.to_string();
                // The message begins with the path of the field.
                let named = entries.iter().find(|entry| {
                    let path = format!("{section}/{}", entry.key);
                    message.strip_prefix(&path).is_some_and(|rest| rest.starts_with(['/', ' ']))
                        || message.contains(&format!("'{}'", entry.key))
                        || message.contains(&format!("`{}`", entry.key))
                });
                let at = named.map_or(node.at, |entry| entry.at);
                self.fault(at, message);
                None
            }
        }
    }

    pub(super) fn tags(&mut self, node: &Node) -> Vec<Named<Option<String>>> {
        let mut tags: Vec<Named<Option<String>>> = vec![];
        let mut lines = BTreeMap::new();
        for item in self.list(node, "`tags` must be a list of labels") {
            let Some(tag) = self.tag(item) else { continue };
            let lower = tag.name.to_lowercase();
            match lines.get(&lower).copied() {
                Some(line) => self.fault(tag.at, format!("the tag `{}` is in line {line} already", tag.name)),
                None => {
                    lines.insert(lower, tag.at.line);
                    tags.push(tag);
                }
            }
        }
        tags
    }

    fn tag(&mut self, item: &Node) -> Option<Named<Option<String>>> {
        const WHAT: &str = "a tag must be a label, or `{label, description}`";
        let (name, description) = match &item.value {
            Value::Map(entries) => {
                self.known(entries, &["label", "description"]);
                let Some(label) = get(entries, "label") else {
                    self.expected(item, WHAT);
                    return None;
                };
                let description =
                    get(entries, "description").filter(|node| !matches!(node.value, Value::Null));
                (self.text(label, WHAT)?, description.and_then(|node| self.text(node, WHAT)))
            }
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Text(_) | Value::List(_) => {
                (self.text(item, WHAT)?, None)
            }
        };
        let new = match &description {
            Some(description) => json!({ "label": name, "description": description }),
            None => json!({ "label": name }),
        };
        match check::<custom_tags::New>("tags", &new) {
            Ok(()) => Some(Named { name, at: item.at, value: description }),
            Err(error) => {
                self.fault(item.at, error.to_string());
                None
            }
        }
    }

    /// `allow: {state: 3f9a, raise-role: 1}`.
    pub(super) fn allow(&mut self, file: &mut File, node: &Node) {
        for entry in self.map(node, "`allow` must be a map, such as `{state: 3f9a12c4, raise-role: 1}`") {
            match (entry.key.as_str(), &entry.value.value) {
                ("state", Value::Text(state)) if state.len() >= 8 => file.allow_for = Some(state.clone()),
                ("state", Value::Integer(state)) if *state > 9_999_999 => {
                    file.allow_for = Some(state.to_string())
                }
                ("state", _) => {
                    self.expected(
                        &entry.value,
                        "`state` must be at least the first 8 characters of the state that `plan` prints",
                    );
                }
                (kind, Value::Integer(count)) if Kind::of(kind).is_some() && *count > 0 => {
                    file.allow.insert(kind.to_owned(), *count);
                }
                (kind, _) if Kind::of(kind).is_some() => {
                    self.expected(&entry.value, &format!("`{kind}` must be a number above 0"));
                }
                (kind, _) => {
                    let names = Kind::ALL.map(Kind::name);
                    self.fault(
                        entry.at,
                        format!("there is no `{kind}` to allow. Possible are {}", list(&names)),
                    );
                }
            }
        }
        if file.allow_for.is_none() && !file.allow.is_empty() {
            self.fault(
                node.at,
                "`allow` must have the `state` that `plan` prints, so that it counts only for that state",
            );
        }
    }
}

fn read<T: DeserializeOwned + JsonSchema + 'static>(section: &str, json: Json) -> Result<T> {
    check::<T>(section, &json)?;
    serde_json::from_value(json).map_err(|error| crate::error::Error::invalid(format!("{section}: {error}")))
}
