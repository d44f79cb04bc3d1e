//! The access of a workspace by names, without ids. Files, plans, tests and the digest of a state work on it, and it is
//! compared and changed in memory.

use crate::access::{
    ACTIONS, Cells, EffectiveRole, GuardRails, LoginPolicy, Permission, Reach, Role, accounts::Use,
};
use crate::resources::workspaces::{Visibility, Workspace};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Model {
    pub settings: Settings,
    /// The description of each tag.
    pub tags: BTreeMap<String, Option<String>>,
    /// Custom roles.
    pub roles: BTreeMap<String, OwnRole>,
    /// By address, with invitations.
    pub members: BTreeMap<String, Member>,
    pub accounts: BTreeMap<String, Account>,
    pub guard_rails: GuardRails,
    pub login_policy: LoginPolicy,
}

/// The settings of a workspace that concern access.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Settings {
    pub default_campaign_visibility: Visibility,
    pub default_member_role: Role,
    pub strict_scopes: bool,
    pub unique_leads: bool,
}

impl Settings {
    pub fn of(workspace: &Workspace) -> Settings {
        Settings {
            default_campaign_visibility: workspace.default_campaign_visibility,
            default_member_role: workspace.default_member_role,
            strict_scopes: workspace.strict_scopes,
            unique_leads: workspace.unique_leads,
        }
    }
}

/// A custom role. Its cells have no lines for rows that everybody has.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OwnRole {
    pub base: Role,
    pub cells: Cells,
}

impl OwnRole {
    /// With the cells as a file would write them, so that two equal roles have equal texts.
    pub fn new(base: Role, cells: &Cells) -> OwnRole {
        let optional = |reach: Reach, everyone: bool| if everyone { Reach::None } else { reach };
        let cells = Cells::new(|row| optional(cells.reach(row).and(row.reach(base)), row.is_for_everyone()));
        OwnRole { base, cells }
    }

    pub fn effective(&self) -> EffectiveRole {
        EffectiveRole::custom(self.base, self.cells.clone())
    }

    /// How many rows it has, of those that the base has.
    pub fn counts(&self) -> (usize, usize) {
        let rows = ACTIONS.iter().filter(|row| row.reach(self.base) != Reach::None && !row.is_for_everyone());
        (self.cells.lines().count(), rows.count())
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Member {
    /// A built-in role or a custom one.
    pub role: String,
    /// The labels of the tag limit.
    pub tags: Option<BTreeSet<String>>,
    pub permissions: Option<Vec<String>>,
    pub accepted: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Account {
    /// The member to whom it is assigned, or an invitation that promises it.
    pub to: Option<String>,
    pub tags: BTreeSet<String>,
}

impl Model {
    /// The tag limit that counts. A client without one sees nothing.
    pub fn limit_of(&self, member: &Member) -> Option<BTreeSet<String>> {
        let nothing = || (self.role_of(member).base == Role::Client).then(BTreeSet::new);
        member.tags.clone().or_else(nothing)
    }

    /// None for a role that does not exist.
    pub fn role(&self, name: &str) -> Option<EffectiveRole> {
        match Role::parse(name) {
            Some(role) => Some(role.into()),
            None => self.roles.get(name).map(OwnRole::effective),
        }
    }

    /// The role of a member. Without a role a member can do nothing.
    pub fn role_of(&self, member: &Member) -> EffectiveRole {
        let nothing = EffectiveRole::custom(Role::View, Cells::default());
        self.role(&member.role).unwrap_or(nothing)
    }

    pub fn owner(&self) -> Option<&str> {
        let owner = self.members.iter().find(|(_, member)| member.role == Role::Owner.name());
        owner.map(|(email, _)| email.as_str())
    }

    /// Whether a campaign of this owner can send from an account, by the rules of `accounts::Senders`.
    pub fn can_send(&self, owner: Option<&str>, account: &Account) -> bool {
        let Some(owner) = owner else { return account.to.is_none() };
        let Some(member) = self.members.get(owner).filter(|member| member.accepted) else { return false };
        let limited = member.tags.as_ref().is_none_or(|limit| !limit.is_disjoint(&account.tags));
        limited
            && match self.role_of(member).reach(Use::ACTION) {
                Reach::None => false,
                Reach::All => account.to.as_deref().is_none_or(|to| to == owner),
                Reach::Team | Reach::Own | Reach::Assigned => account.to.as_deref() == Some(owner),
            }
    }

    /// The digest of the whole state.
    pub fn digest(&self) -> String {
        crate::auth::hash(&serde_json::to_string(self).unwrap_or_default())
    }
}
