//! Which single changes would allow what is refused. Each is tried: the same decision is asked about the altered principal
//! or record, and only a change that leads to a yes is named.

use super::known::Known;
use super::particulars::noun;
use crate::access::{Action, Ask, Call, Facts, Grant, ROLES, Role};
use crate::resources::accounts::Senders;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum ChangeKind {
    /// The person authenticates again.
    SignIn,
    /// A new key with a further scope.
    Scope,
    /// A further entry in the member's list of permissions, which only an invitation can set.
    Permission,
    /// A further permission in the custom role.
    RolePermission,
    Visibility,
    Collaborator,
    /// The record is assigned to the member.
    Assignment,
    /// The member becomes the owner of the record.
    Owner,
    /// A tag on the record.
    Tag,
    /// No tag limit for the member.
    TagLimit,
    /// Another role: the lowest that suffices.
    Role,
}

/// A change that would allow it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "HelpfulChange")]
pub struct Help {
    pub change: ChangeKind,
    /// What the change sets: the scope, the permission (for a custom role with its reach, as `campaigns:launch=team`), the
    /// visibility, the id of a member, a user or a tag, or the role.
    pub value: Option<String>,
    /// A sentence.
    pub text: String,
}

impl Help {
    fn new(change: ChangeKind, value: impl ToString, text: String) -> Help {
        Help { change, value: Some(value.to_string()), text }
    }
}

/// What is refused, and to whom.
pub struct Trial<'a> {
    pub action: &'static Action,
    pub subject: &'a Grant,
    /// None for a question about somebody else.
    pub call: Option<&'a Call>,
    /// The record in question.
    pub known: Option<&'a Known>,
    /// The tags that the subject's limits name, with their labels.
    pub tags: &'a [(Uuid, String)],
    /// The subject's name. None for the caller.
    pub name: Option<&'a str>,
}

impl Trial<'_> {
    /// The changes that help, the smallest first.
    pub fn helpful(&self) -> Vec<Help> {
        let mut all = self.of_credential();
        if self.subject.is_of_member() {
            all.extend(self.of_rights());
        }
        if let Some(known) = self.known {
            all.extend(self.of_record(known));
        }
        if self.subject.is_of_member() {
            all.extend(self.of_limit());
            all.extend(self.of_role());
        }
        all
    }

    fn allows(&self, subject: &Grant, known: Option<&Known>) -> bool {
        let mut ask = Ask::new(self.action, subject, self.call);
        ask.record = known.map(|known| known.sight(subject, self.action));
        ask.refused_by().is_none()
    }

    fn if_subject(&self, altered: Option<Grant>) -> bool {
        altered.is_some_and(|altered| self.allows(&altered, self.known))
    }

    fn to_them(&self) -> &str {
        self.name.unwrap_or("you")
    }

    /// "your tag limit", or "the tag limit of Sarah Lee".
    fn of_them(&self, what: &str) -> String {
        self.name.map_or_else(|| format!("your {what}"), |name| format!("the {what} of {name}"))
    }

    fn of_credential(&self) -> Vec<Help> {
        let mut all = Vec::new();
        if self.if_subject(self.subject.reauthenticated()) {
            let text = "Sign in again. This needs a sign-in within the last 10 minutes.".to_owned();
            all.push(Help { change: ChangeKind::SignIn, value: None, text });
        }
        let scope = self.action.scopes().into_iter().next();
        if let Some(scope) = scope.filter(|scope| self.if_subject(self.subject.with_scope(scope))) {
            let text = format!("Create a new key that also has the scope `{scope}`.");
            all.push(Help::new(ChangeKind::Scope, scope, text));
        }
        all
    }

    fn of_rights(&self) -> Vec<Help> {
        let (mut all, action) = (Vec::new(), self.action);
        if self.if_subject(self.subject.with_permission(action.needs)) {
            let text = format!(
                "An owner or admin can remove {} and send a new invitation, with `{}` in the list of permissions.",
                self.to_them(),
                action.needs
            );
            all.push(Help::new(ChangeKind::Permission, action.needs, text));
        }
        let Some((role, own)) = self.subject.effective_role().zip(self.subject.custom_role()) else {
            return all;
        };
        // A role cannot reach further than it sees.
        let reach = action.reach(role.base);
        let reach = match (action.see)() {
            see if see.name == action.name => reach,
            see => reach.and(role.reach(see)),
        };
        if self.if_subject(self.subject.with_cell(action, reach)) {
            let text = format!(
                "An owner or admin can add `{}` with the reach `{}` to the custom role {}, for all of its members.",
                action.name,
                reach.name(),
                own.name
            );
            all.push(Help::new(
                ChangeKind::RolePermission,
                format!("{}={}", action.name, reach.name()),
                text,
            ));
        }
        all
    }

    fn of_record(&self, known: &Known) -> Vec<Help> {
        let see = (self.action.see)().resource;
        let helps = |change: &dyn Fn(&mut Facts)| self.allows(self.subject, Some(&known.with(change)));
        let (what, to) = (noun(self.action), self.to_them());
        let mut all = Vec::new();
        if ["campaigns", "leads"].contains(&see) && helps(&|facts| facts.team = true) {
            let what = if see == "leads" { "the campaign of this lead" } else { "this campaign" };
            all.push(Help::new(ChangeKind::Visibility, "team", format!("Share {what} with the team.")));
        }
        if let Some(member) = self.subject.member().filter(|_| self.subject.is_of_member()) {
            if see == "campaigns" && helps(&|facts| facts.collaborators.push(member)) {
                let text = format!("Add {to} as a collaborator on this campaign.");
                all.push(Help::new(ChangeKind::Collaborator, member, text));
            }
            let sends = see == "accounts" && Senders::of_grant(self.subject).sends();
            if sends && helps(&|facts| facts.assignee = Some(member)) {
                all.push(Help::new(ChangeKind::Assignment, member, format!("Assign this {what} to {to}.")));
            }
        }
        if let Some(user) = self.subject.user().filter(|_| self.subject.is_of_member()) {
            let owned = ["leads", "lead_lists"].contains(&see) && helps(&|facts| facts.owner = Some(user));
            match see {
                "leads" if owned => {
                    all.push(Help::new(ChangeKind::Assignment, user, format!("Assign this lead to {to}.")));
                }
                _ if owned => {
                    all.push(Help::new(
                        ChangeKind::Owner,
                        user,
                        format!("Make {to} the owner of this {what}."),
                    ));
                }
                _ => (),
            }
        }
        if ["campaigns", "accounts"].contains(&see) {
            let tag = self.tags.iter().find(|(tag, _)| helps(&|facts| facts.tags.push(*tag)));
            all.extend(tag.map(|(tag, label)| {
                Help::new(ChangeKind::Tag, tag, format!("Add the tag {label} to this {what}."))
            }));
        }
        all
    }

    fn of_limit(&self) -> Option<Help> {
        let limit = self.of_them("tag limit");
        let text = format!("An owner or admin can remove {limit}.");
        let helps = self.if_subject(self.subject.without_tag_limit());
        helps.then_some(Help { change: ChangeKind::TagLimit, value: None, text })
    }

    /// The owner keeps their role. A client is a guest, so nobody becomes one to reach more.
    fn of_role(&self) -> Option<Help> {
        let open = self.subject.role() != Some(Role::Owner);
        let some = ROLES.iter().rev().filter(|role| open && ![Role::Owner, Role::Client].contains(role));
        let lowest = some.copied().find(|role| self.if_subject(Some(self.subject.with_role(*role))))?;
        let text = format!("An owner or admin can give {} the role {}.", self.to_them(), lowest.name());
        Some(Help::new(ChangeKind::Role, lowest.name(), text))
    }
}
