//! Groups of workspaces. An admin workspace acts in its sub-workspaces as far as each of them allows, and sets guard-rails
//! for them. Delegations and guard-rails only restrict.

use super::rows::WorkspaceRow;
use super::{Grant, Origins, Principal, Session};
use crate::access::{Action, Mark, Permission, Reach, Role, Who, workspace_group_members::Act};
use crate::db::{Json, Record, Row, Source, sql};
use crate::error::Result;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Fills `{group}` after `workspaces w`: the accepted link to its admin workspace, if that still exists.
pub const GROUP: &str = "left join group_links l on l.sub_workspace_id = w.id and l.status = 'accepted' \
     left join workspaces p on p.id = l.workspace_id and coalesce(p.scheduled_for_removal_at > $1, true)";

/// The same after `members m`, with the custom role of the member.
pub const GROUP_AND_ROLE: &str = "left join roles r on r.workspace_id = m.workspace_id and r.id = m.role_id \
     left join group_links l on l.sub_workspace_id = w.id and l.status = 'accepted' \
     left join workspaces p on p.id = l.workspace_id and coalesce(p.scheduled_for_removal_at > $1, true)";

/// What a sub-workspace allows its admin workspace to do in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Delegation {
    /// The admin workspace can do nothing here until this is false again.
    pub paused: bool,
    /// The admin workspace can read, and change nothing.
    pub read_only: bool,
    /// The admin workspace can export nothing, and share no campaigns by their id.
    pub no_exports: bool,
    /// The resources of the access matrix (`campaigns`) that the admin workspace can use. Null for all.
    pub resources: Option<Vec<String>>,
}

/// How a delegation refuses an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    Paused,
    Changes,
    Exports,
    Resource,
}

impl Withheld {
    pub fn words(self, action: &Action) -> String {
        match self {
            Withheld::Paused => "this workspace has paused its admin workspace's access".to_owned(),
            Withheld::Changes => format!(
                "this workspace lets its admin workspace only read, and `{}` changes something",
                action.name
            ),
            Withheld::Exports => "this workspace does not let its admin workspace export anything".to_owned(),
            Withheld::Resource => {
                format!("this workspace does not let its admin workspace use `{}`", action.resource)
            }
        }
    }
}

/// Whether an action concerns only the person who calls, in whatever workspace they act.
fn is_personal(action: &Action) -> bool {
    action.is(Mark::Personal) && !action.is(Mark::Own)
}

impl Delegation {
    /// Whether and how it refuses an action to the admin workspace, and to keys and members that this has made here.
    pub fn refuses(&self, action: &Action) -> Option<Withheld> {
        if is_personal(action) {
            return None;
        }
        if self.paused {
            return Some(Withheld::Paused);
        }
        let always = action.is(Mark::Always);
        let reads = action.activity.is_none() || action.is(Mark::Reading);
        if self.read_only && !reads && !always {
            return Some(Withheld::Changes);
        }
        if self.no_exports && action.is(Mark::Export) {
            return Some(Withheld::Exports);
        }
        let listed = |list: &Vec<String>| list.iter().any(|resource| resource == action.resource);
        let withheld = !always && !self.resources.as_ref().is_none_or(listed);
        withheld.then_some(Withheld::Resource)
    }
}

/// What an admin workspace forbids everybody in its sub-workspaces.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GuardRails {
    /// Nobody can export, or share campaigns by their id.
    pub no_exports: bool,
    /// Nobody can create API keys.
    pub no_key_creation: bool,
    /// People who are signed in need a second factor. API keys keep working.
    pub second_factor_required: bool,
    /// People with a higher role can do only what this role can do, and nobody can be given a higher role. Owners keep
    /// their rights.
    pub highest_role: Option<Role>,
}

/// How guard-rails refuse an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rail {
    Exports,
    Keys,
    SecondFactor,
    HighestRole(Role),
}

impl Rail {
    pub fn words(self) -> String {
        match self {
            Rail::Exports => "exports are forbidden".to_owned(),
            Rail::Keys => "new API keys are forbidden".to_owned(),
            Rail::SecondFactor => {
                "a second factor is required: enrol one by POST /api/v2/me/factors/totp".to_owned()
            }
            Rail::HighestRole(cap) => {
                format!("nobody except the owner can do more than the role `{}`", cap.name())
            }
        }
    }
}

impl GuardRails {
    /// Whether and how they refuse an action to a role. `second_factor` is none for a caller without a session.
    pub fn refuses(&self, action: &Action, role: Option<Role>, second_factor: Option<bool>) -> Option<Rail> {
        if self.no_exports && action.is(Mark::Export) {
            return Some(Rail::Exports);
        }
        if self.no_key_creation && action.is(Mark::MakesKey) {
            return Some(Rail::Keys);
        }
        if self.second_factor_required && second_factor == Some(false) && !is_personal(action) {
            return Some(Rail::SecondFactor);
        }
        let cap = self.cap(role).filter(|cap| action.reach(*cap) == Reach::None);
        cap.map(Rail::HighestRole)
    }

    /// What they forbid, for people.
    pub fn in_words(&self) -> Vec<String> {
        let highest =
            |role: Role| format!("nobody except the owner can do more than the role {}", role.name());
        let all = [
            self.no_exports.then(|| "nobody can export".to_owned()),
            self.no_key_creation.then(|| "nobody can create API keys".to_owned()),
            self.second_factor_required.then(|| "people who are signed in need a second factor".to_owned()),
            self.highest_role.map(highest),
        ];
        all.into_iter().flatten().collect()
    }

    /// The role to which a higher one is limited.
    pub fn cap(&self, role: Option<Role>) -> Option<Role> {
        let higher =
            |cap: &Role| role.is_some_and(|role| role != Role::Owner && (role as usize) < *cap as usize);
        self.highest_role.filter(higher)
    }
}

/// The group that a workspace is a sub-workspace of.
#[derive(Clone, Debug)]
pub struct Group {
    pub link: Uuid,
    /// The admin workspace.
    pub admin: Uuid,
    pub admin_name: String,
    pub delegation: Delegation,
    pub rails: GuardRails,
}

impl Record for Option<Box<Group>> {
    const COLUMNS: &'static str = "l.id, l.delegation, p.id, p.name, p.guard_rails";
    fn read(row: &mut Row) -> Result<Self> {
        let (link, delegation): (Option<Uuid>, Option<Json<Delegation>>) = (row.take()?, row.take()?);
        let (admin, admin_name): (Option<Uuid>, Option<String>) = (row.take()?, row.take()?);
        let rails: Option<Json<GuardRails>> = row.take()?;
        Ok(match (link, delegation, admin, admin_name) {
            (Some(link), Some(Json(delegation)), Some(admin), Some(admin_name)) => {
                let rails = rails.map(|Json(rails)| rails).unwrap_or_default();
                Some(Box::new(Group { link, admin, admin_name, delegation, rails }))
            }
            _ => None,
        })
    }
}

/// A caller in a sub-workspace, as their own workspace knows them.
#[derive(Clone, Debug)]
pub struct Acting {
    /// The admin workspace, which is the caller's own.
    pub home: Uuid,
    pub home_name: String,
    pub who: Who,
    /// The address lists that restrict the caller in their own workspace.
    pub origins: Vec<Origins>,
}

impl Grant {
    /// A member who does not exist, to try out delegations and guard-rails. `through`: they were made through the link.
    pub fn supposed(workspace: Uuid, role: Role, group: Option<Group>, through: bool) -> Grant {
        let link = group.as_ref().filter(|_| through).map(|group| group.link);
        let row = WorkspaceRow::bare(workspace);
        let member = row.grant(Principal::Member);
        Grant { role: Some(role), group: group.map(Box::new), link, ..member }
    }

    /// Whether the caller can act in sub-workspaces at all.
    pub fn may_act(&self) -> bool {
        let action = Act::ACTION;
        let in_plan = self.in_plan(action);
        self.acting.is_none() && !self.removed && in_plan && self.reach(action) != Reach::None
    }

    /// The same caller in a sub-workspace: with their own rights, at most an admin's, as far as the sub-workspace allows.
    /// None if the other workspace is not an accepted sub-workspace.
    pub async fn acting_in(self, sub: Uuid, now: Time, from: impl Into<Source<'_>>) -> Result<Option<Grant>> {
        if !self.may_act() {
            return Ok(None);
        }
        let found = sql("select {columns} from workspaces w {group} where w.id = $2")
            .bind(now)
            .bind(sub)
            .fill_text("{group}", GROUP)
            .optional::<WorkspaceRow>(from);
        let Some(row) = found.await? else { return Ok(None) };
        let policy = row.policy();
        let lapsed = self.session().and_then(|session| policy.refuses_session(&session, now));
        let there = row.grant(self.principal.clone());
        Ok(self.into_sub(there).map(|grant| Grant { lapsed: grant.lapsed.or(lapsed), ..grant }))
    }

    fn into_sub(self, there: Grant) -> Option<Grant> {
        let group = there.group.as_ref().filter(|group| group.admin == self.workspace)?;
        let acting = Acting {
            home: self.workspace,
            home_name: group.admin_name.clone(),
            who: self.who,
            origins: self.origins.clone(),
        };
        let role = self.role.map(|role| if role == Role::Owner { Role::Admin } else { role });
        Some(Grant {
            workspace: there.workspace,
            group: there.group.clone(),
            link: Some(group.link),
            acting: Some(acting),
            role,
            // The caller is not a member of the sub-workspace, and owns nothing there.
            who: Who::default(),
            origins: self.origins.into_iter().chain(there.origins).collect(),
            strict_scopes: self.strict_scopes || there.strict_scopes,
            strict_bodies: self.strict_bodies || there.strict_bodies,
            removed: there.removed,
            denied: there.denied,
            ..self
        })
    }

    /// The caller's own workspace, also while they act in another.
    pub fn home(&self) -> Uuid {
        self.acting.as_ref().map_or(self.workspace, |acting| acting.home)
    }

    /// Who the caller is in their own workspace.
    pub fn identity(&self) -> Who {
        self.acting.as_ref().map_or(self.who, |acting| acting.who)
    }

    /// Whether and how the sub-workspace refuses an action to a caller who comes, or was made, through the link.
    pub(in crate::access) fn withheld(&self, action: &Action) -> Option<Withheld> {
        let through = self.group.as_ref().filter(|group| self.link == Some(group.link));
        through.and_then(|group| group.delegation.refuses(action))
    }

    /// Whether and how the admin workspace forbids an action.
    pub(in crate::access) fn forbidden(&self, action: &Action) -> Option<Rail> {
        let group = self.group.as_ref()?;
        let factor = self.session().map(|session: Session| session.second_factor);
        let rail = group.rails.refuses(action, self.held_role(), factor);
        let nothing_left = || self.own_reach(action) != Reach::None && self.reach(action) == Reach::None;
        rail.or_else(|| self.cap().filter(|_| nothing_left()).map(Rail::HighestRole))
    }

    /// The role to which an admin workspace limits this one.
    pub(in crate::access) fn cap(&self) -> Option<Role> {
        self.group.as_ref().and_then(|group| group.rails.cap(self.held_role()))
    }

    /// An owner in person keeps their rights. Their workspace key is limited like an admin.
    fn held_role(&self) -> Option<Role> {
        self.role.map(|role| if role == Role::Owner && !self.in_person() { Role::Admin } else { role })
    }
}
