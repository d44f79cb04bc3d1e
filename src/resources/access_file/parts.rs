//! The differences between two models, as parts in the order in which they are applied. This is a function of plain values.

use super::merge::Lines;
use super::model::{Account, Member, Model, OwnRole};
use super::report::{Change, Verb};
use crate::access::{ACTIONS, EffectiveRole};
use std::collections::BTreeSet;

#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub what: What,
    pub line: Option<usize>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum What {
    CreateTag(String),
    DescribeTag(String),
    CreateRole(String),
    ChangeRole(String),
    Settings,
    Invite(String),
    ChangeMember(String),
    Assign(String),
    TagAccount(String),
    GuardRails,
    LoginPolicy,
    RemoveMember(String),
    DeleteRole(String),
    DeleteTag(String),
}

impl What {
    /// The section and the name of what changes.
    pub fn named(&self) -> (&'static str, &str) {
        match self {
            What::CreateTag(name) | What::DescribeTag(name) | What::DeleteTag(name) => ("tag", name),
            What::CreateRole(name) | What::ChangeRole(name) | What::DeleteRole(name) => ("role", name),
            What::Settings => ("settings", ""),
            What::Invite(name) | What::ChangeMember(name) | What::RemoveMember(name) => ("member", name),
            What::Assign(name) | What::TagAccount(name) => ("account", name),
            What::GuardRails => ("guard_rails", ""),
            What::LoginPolicy => ("login_policy", ""),
        }
    }

    fn verb(&self) -> Verb {
        match self {
            What::CreateTag(_) | What::CreateRole(_) | What::Invite(_) => Verb::Add,
            What::DeleteTag(_) | What::DeleteRole(_) | What::RemoveMember(_) => Verb::Remove,
            What::DescribeTag(_)
            | What::ChangeRole(_)
            | What::Settings
            | What::ChangeMember(_)
            | What::Assign(_)
            | What::TagAccount(_)
            | What::GuardRails
            | What::LoginPolicy => Verb::Change,
        }
    }
}

/// Tags and roles first, because members need them; removals last, when nobody has what is removed any longer.
pub fn parts(before: &Model, after: &Model, lines: &Lines) -> Vec<Part> {
    let mut all = vec![];
    for (label, description) in &after.tags {
        match before.tags.get(label) {
            None => all.push(What::CreateTag(label.clone())),
            Some(present) if present != description => all.push(What::DescribeTag(label.clone())),
            Some(_) => (),
        }
    }
    for (name, role) in &after.roles {
        match before.roles.get(name) {
            None => all.push(What::CreateRole(name.clone())),
            Some(present) if present != role => all.push(What::ChangeRole(name.clone())),
            Some(_) => (),
        }
    }
    all.extend((before.settings != after.settings).then_some(What::Settings));
    for (email, member) in &after.members {
        match before.members.get(email) {
            None => all.push(What::Invite(email.clone())),
            Some(present) if present != member => all.push(What::ChangeMember(email.clone())),
            Some(_) => (),
        }
    }
    accounts(before, after, &mut all);
    all.extend((before.guard_rails != after.guard_rails).then_some(What::GuardRails));
    all.extend((before.login_policy != after.login_policy).then_some(What::LoginPolicy));
    let gone = |names: Vec<&String>, what: fn(String) -> What| {
        names.into_iter().cloned().map(what).collect::<Vec<_>>()
    };
    all.extend(gone(
        missing(before.members.keys(), |name| after.members.contains_key(name)),
        What::RemoveMember,
    ));
    all.extend(gone(missing(before.roles.keys(), |name| after.roles.contains_key(name)), What::DeleteRole));
    all.extend(gone(missing(before.tags.keys(), |name| after.tags.contains_key(name)), What::DeleteTag));
    let placed = |what: What| {
        let (section, name) = what.named();
        Part { line: lines.of(section, name), what }
    };
    all.into_iter().map(placed).collect()
}

fn missing<'a>(names: impl Iterator<Item = &'a String>, is_there: impl Fn(&str) -> bool) -> Vec<&'a String> {
    names.filter(|name| !is_there(name)).collect()
}

/// Accounts of removed members become unassigned with the removal, tags that are deleted leave the accounts, and an
/// invitation promises accounts itself.
fn accounts(before: &Model, after: &Model, all: &mut Vec<What>) {
    for (email, account) in &after.accounts {
        let Some(present) = before.accounts.get(email) else { continue };
        if assigns(before, after, present, account) {
            all.push(What::Assign(email.clone()));
        }
        let kept: BTreeSet<&String> =
            present.tags.iter().filter(|tag| after.tags.contains_key(*tag)).collect();
        if kept != account.tags.iter().collect() {
            all.push(What::TagAccount(email.clone()));
        }
    }
}

fn assigns(before: &Model, after: &Model, present: &Account, account: &Account) -> bool {
    let removed = present.to.as_ref().is_some_and(|to| !after.members.contains_key(to));
    let invited = account.to.as_ref().is_some_and(|to| !before.members.contains_key(to));
    present.to != account.to && !(removed && account.to.is_none()) && !invited
}

impl Part {
    /// What a plan prints.
    pub fn change(&self, before: &Model, after: &Model) -> Change {
        let (what, name) = self.what.named();
        let (text, effect) = match &self.what {
            What::CreateTag(_) | What::DeleteTag(_) => (String::new(), String::new()),
            What::DescribeTag(_) => ("description".to_owned(), String::new()),
            What::CreateRole(name) => (described(after.roles.get(name)), String::new()),
            What::ChangeRole(name) => {
                let roles = before.roles.get(name).zip(after.roles.get(name));
                let effect =
                    roles.map(|(was, is)| moved(&was.effective(), &is.effective())).unwrap_or_default();
                (described(after.roles.get(name)), effect)
            }
            What::DeleteRole(name) => (described(before.roles.get(name)), String::new()),
            What::Settings => (fields(&before.settings, &after.settings), String::new()),
            What::GuardRails => (fields(&before.guard_rails, &after.guard_rails), String::new()),
            What::LoginPolicy => (fields(&before.login_policy, &after.login_policy), String::new()),
            What::Invite(email) => (
                after.members.get(email).map(|member| invited(email, member, after)).unwrap_or_default(),
                String::new(),
            ),
            What::ChangeMember(email) => member(before, after, email),
            What::RemoveMember(email) => (removed(before, email), String::new()),
            What::Assign(email) => {
                let to = |model: &Model| {
                    let to = model.accounts.get(email).and_then(|account| account.to.clone());
                    to.unwrap_or_else(|| "unassigned".to_owned())
                };
                (format!("{} -> {}", to(before), to(after)), String::new())
            }
            What::TagAccount(email) => {
                let tags = |model: &Model| {
                    model.accounts.get(email).map(|account| list(&account.tags)).unwrap_or_default()
                };
                (format!("tags {} -> {}", tags(before), tags(after)), String::new())
            }
        };
        Change { verb: self.what.verb(), what, name: name.to_owned(), text, effect, line: self.line }
    }
}

fn described(role: Option<&OwnRole>) -> String {
    let Some(role) = role else { return String::new() };
    let (has, of) = role.counts();
    format!("based on {}, {has} of {of} rows", role.base.name())
}

fn list(tags: &BTreeSet<String>) -> String {
    match tags.is_empty() {
        true => "none".to_owned(),
        false => tags.iter().cloned().collect::<Vec<_>>().join(", "),
    }
}

fn limit(member: &Member) -> String {
    member.tags.as_ref().map_or("no limit".to_owned(), list)
}

fn invited(email: &str, member: &Member, after: &Model) -> String {
    let tags = member.tags.as_ref().map(|tags| format!(", tags {}", list(tags))).unwrap_or_default();
    let accounts: Vec<&str> = promised(after, email).collect();
    let accounts =
        if accounts.is_empty() { String::new() } else { format!(", accounts {}", accounts.join(", ")) };
    format!("invite as {}{tags}{accounts}", member.role)
}

/// The accounts that a model assigns to somebody.
pub fn promised<'a>(model: &'a Model, email: &'a str) -> impl Iterator<Item = &'a str> {
    let of = move |(_, account): &(&String, &Account)| account.to.as_deref() == Some(email);
    model.accounts.iter().filter(of).map(|(name, _)| name.as_str())
}

fn member(before: &Model, after: &Model, email: &str) -> (String, String) {
    let Some((was, is)) = before.members.get(email).zip(after.members.get(email)) else {
        return Default::default();
    };
    let mut texts = vec![];
    if was.role != is.role {
        texts.push(format!("role {} -> {}", was.role, is.role));
    }
    if was.tags != is.tags {
        texts.push(format!("tags {} -> {}", limit(was), limit(is)));
    }
    let effect = moved(&before.role_of(was), &after.role_of(is));
    (texts.join("; "), effect)
}

fn removed(before: &Model, email: &str) -> String {
    let accounts = promised(before, email).count();
    let role = before.members.get(email).map(|member| member.role.as_str()).unwrap_or_default();
    match accounts {
        0 => role.to_owned(),
        1 => format!("{role}; 1 sending account becomes unassigned"),
        many => format!("{role}; {many} sending accounts become unassigned"),
    }
}

/// `gains 31 rows`, `loses 14 rows`, or both.
pub fn moved(was: &EffectiveRole, is: &EffectiveRole) -> String {
    let further = |one: &EffectiveRole, other: &EffectiveRole| {
        ACTIONS.iter().filter(|row| !one.reach(row).covers(other.reach(row))).count()
    };
    let words = |verb: &str, count: usize| match count {
        0 => None,
        1 => Some(format!("{verb} 1 row")),
        many => Some(format!("{verb} {many} rows")),
    };
    let both = [words("gains", further(was, is)), words("loses", further(is, was))];
    both.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The fields that differ: `idle_minutes 600 -> 480`.
fn fields(before: &impl serde::Serialize, after: &impl serde::Serialize) -> String {
    let (before, after) = (serde_json::json!(before), serde_json::json!(after));
    let empty = serde_json::Map::new();
    let (before, after) = (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    let changed = after.iter().filter(|(name, value)| before.get(*name) != Some(value));
    let short = |value: Option<&serde_json::Value>| match value {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => "null".to_owned(),
    };
    let all =
        changed.map(|(name, value)| format!("{name} {} -> {}", short(before.get(name)), short(Some(value))));
    all.collect::<Vec<_>>().join("; ")
}
