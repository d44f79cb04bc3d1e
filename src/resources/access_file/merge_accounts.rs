//! What a file wants of sending accounts.

use super::fault::At;
use super::file::{AccountEntry, Named, Section};
use super::merge::Merge;
use super::model::{Account, Model};
use super::report::Note;
use crate::access::{Permission, Reach, accounts::Use};
use std::collections::BTreeSet;

impl Merge<'_> {
    pub(super) fn accounts(&mut self) {
        let Some(accounts) = &self.file.accounts else { return };
        for Named { name, at, value } in accounts {
            self.lines.add("account", name, *at);
            self.account(name, *at, value);
        }
        if self.file.exact.contains(&Section::SendingAccounts) {
            let named: BTreeSet<&String> = accounts.iter().map(|account| &account.name).collect();
            let left_out: Vec<String> =
                self.model.accounts.keys().filter(|name| !named.contains(name)).cloned().collect();
            for name in left_out {
                let present = self.state.model.accounts.get(&name).cloned().unwrap_or_default();
                let promised = self.promised(&present, At::START);
                if let Some(account) = self.model.accounts.get_mut(&name).filter(|_| !promised) {
                    account.to = None;
                }
            }
        }
    }

    fn account(&mut self, name: &str, at: At, entry: &AccountEntry) {
        if !self.model.accounts.contains_key(name) {
            let message = format!(
                "`{name}` is not a sending account of this workspace; connect it first, or remove the line"
            );
            self.fault(at, message);
        }
        let present = self.state.model.accounts.get(name).cloned().unwrap_or_default();
        let mut wanted = self.model.accounts.get(name).cloned().unwrap_or_default();
        if let Some(tags) = &entry.tags {
            wanted.tags = tags.iter().filter_map(|(label, at)| self.tag(label, *at)).collect();
        }
        match &entry.to {
            None => (),
            Some(None) if self.promised(&present, at) => (),
            Some(None) => wanted.to = None,
            Some(Some((to, at))) => self.assign(&mut wanted, &present, to, *at),
        }
        if self.model.accounts.contains_key(name) {
            self.model.accounts.insert(name.to_owned(), wanted);
        }
    }

    /// Whether an open invitation promises the account. Only removing the invitation ends that.
    fn promised(&mut self, present: &Account, at: At) -> bool {
        let Some(to) = present.to.as_ref() else { return false };
        let open = |model: &Model| model.members.get(to).is_some_and(|member| !member.accepted);
        let promised = open(&self.state.model) && open(&self.model);
        if promised {
            let text = format!(
                "the invitation of {to} promises this account, and keeps it until the invitation is removed"
            );
            self.notes.push(Note { line: (at != At::START).then_some(at.line), text });
        }
        promised
    }

    fn assign(&mut self, wanted: &mut Account, present: &Account, to: &str, at: At) {
        let Some(member) = self.model.members.get(to) else {
            self.fault(at, format!("`{to}` is not a member; add them under `members` to invite them"));
            return;
        };
        if self.model.role_of(member).reach(Use::ACTION) == Reach::None {
            let role = member.role.clone();
            self.fault(at, format!("the role of {to}, `{role}`, cannot send from accounts"));
            return;
        }
        // An invitation can promise an unassigned account when it is made, and not later.
        let is_new = !self.state.model.members.contains_key(to);
        let waits =
            !member.accepted && present.to.as_deref() != Some(to) && !(is_new && present.to.is_none());
        match waits {
            true => {
                let text = format!("waits until {to} accepts the invitation: plan again then");
                self.notes.push(Note { line: Some(at.line), text });
            }
            false => wanted.to = Some(to.to_owned()),
        }
    }
}
