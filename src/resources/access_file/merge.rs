//! The access that a file wants: the present one with what the file names. This is a function of plain values.

use super::fault::{At, Fault, Faults};
use super::file::{File, MemberEntry, Named, RoleEntry, Section};
use super::model::{Member, Model, Settings};
use super::report::Note;
use super::state::State;
use crate::access::Role;
use crate::http::hint;
use crate::resources::{guard_rails, login_policy};
use std::collections::{BTreeMap, BTreeSet};

/// What a file wants, and where it says so.
pub struct Wanted {
    pub model: Model,
    pub lines: Lines,
    pub notes: Vec<Note>,
}

/// The line of each entry, by section and name.
#[derive(Default)]
pub struct Lines(BTreeMap<(&'static str, String), usize>);

impl Lines {
    pub(super) fn add(&mut self, section: &'static str, name: &str, at: At) {
        self.0.insert((section, name.to_owned()), at.line);
    }

    pub fn of(&self, section: &'static str, name: &str) -> Option<usize> {
        self.0.get(&(section, name.to_owned())).copied()
    }
}

pub(super) struct Merge<'a> {
    source: &'a str,
    pub(super) state: &'a State,
    pub(super) file: &'a File,
    pub(super) model: Model,
    pub(super) lines: Lines,
    pub(super) notes: Vec<Note>,
    faults: Vec<Fault>,
}

/// The wanted access, or what in the file does not fit this workspace.
pub fn wanted(source: &str, state: &State, file: &File) -> Result<Wanted, Faults> {
    let model = state.model.clone();
    let mut merge =
        Merge { source, state, file, model, lines: Lines::default(), notes: vec![], faults: vec![] };
    if let Some((line, text)) = &file.repaired {
        merge.notes.push(Note { line: Some(*line), text: text.clone() });
    }
    merge.guard();
    merge.tags();
    merge.roles();
    merge.policies();
    merge.members();
    merge.accounts();
    merge.references();
    Faults::check(merge.faults)?;
    Ok(Wanted { model: merge.model, lines: merge.lines, notes: merge.notes })
}

impl Merge<'_> {
    pub(super) fn fault(&mut self, at: At, message: impl Into<String>) {
        if self.faults.len() < 200 {
            self.faults.push(Fault::new(self.source, at, message));
        }
    }

    /// A file that names another workspace is refused.
    fn guard(&mut self) {
        let Some(Named { name, at, .. }) = &self.file.workspace else { return };
        let here = &self.state.workspace;
        if *name != here.name && *name != here.id.to_string() {
            self.fault(*at, format!("this file is for the workspace `{name}`, and this is `{}`", here.name));
        }
    }

    fn tags(&mut self) {
        let Some(tags) = &self.file.tags else { return };
        let mut known: BTreeMap<String, String> =
            self.model.tags.keys().map(|label| (label.to_lowercase(), label.clone())).collect();
        let mut named = BTreeSet::new();
        for Named { name, at, value } in tags {
            let label = known.entry(name.to_lowercase()).or_insert_with(|| name.clone()).clone();
            self.lines.add("tag", &label, *at);
            let description = self.model.tags.entry(label.clone()).or_default();
            if value.is_some() {
                description.clone_from(value);
            }
            named.insert(label);
        }
        if self.file.exact.contains(&Section::Tags) {
            self.model.tags.retain(|label, _| named.contains(label));
        }
    }

    fn roles(&mut self) {
        let Some(roles) = &self.file.roles else { return };
        let mut named = vec![];
        for Named { name, at, value } in roles {
            match value {
                RoleEntry::BuiltIn { role, bundles } => {
                    for bundle in bundles {
                        let lacks = bundle.lacks(&(*role).into());
                        if !lacks.is_empty() {
                            let rows: Vec<_> = lacks
                                .iter()
                                .map(|(row, reach)| format!("`{row}` {}", reach.name()))
                                .collect();
                            let message = format!(
                                "the built-in role `{}` does not have `{}`: it lacks {}",
                                role.name(),
                                bundle.name,
                                rows.join(", ")
                            );
                            self.fault(*at, message);
                        }
                    }
                }
                RoleEntry::Own(role) => {
                    self.lines.add("role", name, *at);
                    named.push(name);
                    match self.state.model.roles.get(name).filter(|present| present.base != role.base) {
                        Some(present) => {
                            let base = present.base.name();
                            self.fault(*at, format!(
                                "`{name}` is based on `{base}`, which cannot change; use another name, and delete this role"
                            ));
                        }
                        None => drop(self.model.roles.insert(name.clone(), role.clone())),
                    }
                }
            }
        }
        if self.file.exact.contains(&Section::Roles) {
            self.model.roles.retain(|name, _| named.contains(&name));
        }
    }

    fn policies(&mut self) {
        if let Some(settings) = &self.file.settings {
            self.lines.add("settings", "", settings.at);
            self.model.settings = Settings::of(&settings.value.over(&self.state.workspace));
            if self.model.settings.default_member_role == Role::Owner {
                self.fault(settings.at, "`default_member_role` must not be `owner`: there is exactly one");
            }
        }
        if let Some(rails) = &self.file.guard_rails {
            self.lines.add("guard_rails", "", rails.at);
            match guard_rails::merged(&rails.value, &self.state.model.guard_rails) {
                Ok(merged) => self.model.guard_rails = merged,
                Err(error) => self.fault(rails.at, error.to_string().replacen("body/", "guard_rails/", 1)),
            }
        }
        if let Some(policy) = &self.file.login_policy {
            self.lines.add("login_policy", "", policy.at);
            match login_policy::merged(&policy.value, &self.state.model.login_policy) {
                Ok(merged) => self.model.login_policy = merged,
                Err(error) => self.fault(policy.at, error.to_string().replacen("body/", "login_policy/", 1)),
            }
        }
    }

    fn members(&mut self) {
        let Some(members) = &self.file.members else { return };
        for Named { name, at, value } in members {
            self.lines.add("member", name, *at);
            if let Some(member) = self.member(name, *at, value) {
                self.model.members.insert(name.clone(), member);
            }
        }
        if self.file.exact.contains(&Section::Members) {
            let named: BTreeSet<&String> = members.iter().map(|member| &member.name).collect();
            let gone =
                |name: &String, member: &Member| !named.contains(name) && member.role != Role::Owner.name();
            let removed: Vec<String> = self
                .model
                .members
                .iter()
                .filter(|(name, member)| gone(name, member))
                .map(|(name, _)| name.clone())
                .collect();
            for name in removed {
                self.model.members.remove(&name);
                for account in
                    self.model.accounts.values_mut().filter(|account| account.to.as_deref() == Some(&name))
                {
                    account.to = None;
                }
            }
        }
    }

    fn member(&mut self, name: &str, at: At, entry: &MemberEntry) -> Option<Member> {
        let present = self.state.model.members.get(name).cloned();
        let mut member = present.clone().unwrap_or_else(|| Member {
            role: self.model.settings.default_member_role.name().to_owned(),
            tags: None,
            permissions: None,
            accepted: false,
        });
        if let Some((role, at)) = &entry.role {
            match self.role_named(role) {
                Some(role) => member.role = role,
                None => {
                    let known = self.model.roles.keys().map(String::as_str);
                    let built_in = crate::access::ROLES.iter().map(|role| role.name());
                    let hint = hint(role, known.chain(built_in));
                    self.fault(*at, format!("there is no role `{role}`{hint}"));
                    return None;
                }
            }
        }
        if let Some(tags) = &entry.tags {
            member.tags = tags
                .as_ref()
                .map(|tags| tags.iter().filter_map(|(label, at)| self.tag(label, *at)).collect());
        }
        if let Some(permissions) = &entry.permissions {
            if let Some(present) = &present
                && present.permissions != *permissions
            {
                self.fault(at, format!(
                    "the `permissions` of {name} are set when they are invited, and cannot change; remove them and invite \
                     them again, or use a custom role"
                ));
            }
            member.permissions.clone_from(permissions);
        }
        Some(member)
    }

    /// The name of a role as the model has it.
    fn role_named(&self, name: &str) -> Option<String> {
        match Role::parse(name) {
            Some(role) => Some(role.name().to_owned()),
            None => self.model.roles.contains_key(name).then(|| name.to_owned()),
        }
    }

    pub(super) fn tag(&mut self, label: &str, at: At) -> Option<String> {
        let found = tag(&self.model, label);
        if found.is_none() {
            let hint = hint(label, self.model.tags.keys().map(String::as_str));
            self.fault(at, format!("there is no tag `{label}`{hint}; add it under `tags`"));
        }
        found
    }

    /// What remains must not name what is removed.
    fn references(&mut self) {
        let gone_roles: BTreeSet<&String> =
            self.state.model.roles.keys().filter(|name| !self.model.roles.contains_key(*name)).collect();
        let gone_tags: BTreeSet<&String> =
            self.state.model.tags.keys().filter(|label| !self.model.tags.contains_key(*label)).collect();
        let mut faults = vec![];
        for (email, member) in &self.model.members {
            if gone_roles.contains(&&member.role) {
                faults.push(format!(
                    "the role `{}` would be deleted, and {email} has it; give them another role",
                    member.role
                ));
            }
            if let Some(label) =
                gone_tags.iter().find(|label| member.tags.as_ref().is_some_and(|tags| tags.contains(**label)))
            {
                faults.push(format!("the tag `{label}` would be deleted, and the tag limit of {email} has it; change their `tags`"));
            }
        }
        for account in self.model.accounts.values_mut() {
            account.tags.retain(|label| !gone_tags.contains(&label));
        }
        for message in faults {
            self.fault(At::START, message);
        }
    }
}

/// A tag by its label, in upper or lower case.
fn tag(model: &Model, label: &str) -> Option<String> {
    if model.tags.contains_key(label) {
        return Some(label.to_owned());
    }
    let lower = label.to_lowercase();
    model.tags.keys().find(|known| known.to_lowercase() == lower).cloned()
}

/// For the report: what each named built-in role holds, and what else it has.
pub fn built_in(file: &File) -> impl Iterator<Item = (Role, At, &[&'static super::bundles::Bundle])> {
    file.roles.iter().flatten().filter_map(|role| match &role.value {
        RoleEntry::BuiltIn { role: built_in, bundles } => Some((*built_in, role.at, bundles.as_slice())),
        RoleEntry::Own(_) => None,
    })
}
