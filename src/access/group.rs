//! Groups of workspaces. An admin workspace acts in its sub-workspaces as far as each of them leaves it to, and forbids
//! things in them: both only ever take away.

use super::rows::WorkspaceRow;
use super::{
    Action, Grant, Mark, Origins, Permission, Reach, Role, Session, Who, workspace_group_members::Act,
};
use crate::db::{Json, Record, Row, Source, sql};
use crate::error::Result;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Fills `{group}` behind `workspaces w`: the accepted link to its admin workspace, if that is still there.
pub const GROUP: &str = "left join group_links l on l.sub_workspace_id = w.id and l.status = 'accepted' \
     left join workspaces p on p.id = l.workspace_id and coalesce(p.scheduled_for_removal_at > $1, true)";

/// What a sub-workspace leaves its admin workspace to do in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Delegation {
    /// Nothing at all, until this is taken back.
    pub paused: bool,
    /// See, and change nothing.
    pub read_only: bool,
    /// No exports, and no sharing of campaigns by their id.
    pub no_exports: bool,
    /// Resources of the access matrix (`campaigns`) that alone are left to it; null for all.
    pub resources: Option<Vec<String>>,
}

/// What everybody may know of the place in which he acts.
const ALWAYS: [&str; 2] = ["access", "workspace_group_members"];
/// What is a person's own, in whatever workspace he is: to sign in and out, his password, his factors.
const ONESELF: [&str; 3] = ["profile", "sessions", "factors"];

fn is_oneself(action: &Action) -> bool {
    ONESELF.contains(&action.resource) && !action.is(Mark::Own)
}

impl Delegation {
    /// Why the admin workspace, or what it has made here, may not do this.
    pub fn refuses(&self, action: &Action) -> Option<String> {
        let name = action.name;
        let left = |list: &Vec<String>| list.iter().any(|resource| resource == action.resource);
        if is_oneself(action) {
            return None;
        }
        let joins = name == super::workspace_members::Accept::ACTION.name;
        let always = joins || ALWAYS.contains(&action.resource) && action.activity.is_none();
        if self.paused {
            return Some("this workspace has paused what its admin workspace may do here".to_owned());
        }
        let reads = action.activity.is_none() || name == super::campaigns::Export::ACTION.name;
        if self.read_only && !reads && !joins {
            return Some(format!(
                "this workspace lets its admin workspace only look, and `{name}` changes something"
            ));
        }
        if self.no_exports && action.is(Mark::Export) {
            return Some("this workspace lets its admin workspace export nothing".to_owned());
        }
        match &self.resources {
            Some(list) if !always && !left(list) => {
                Some(format!("this workspace does not leave `{}` to its admin workspace", action.resource))
            }
            Some(_) | None => None,
        }
    }
}

/// What an admin workspace forbids in its sub-workspaces, to everybody there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GuardRails {
    /// No exports, and no sharing of campaigns by their id.
    pub no_exports: bool,
    /// No new API keys.
    pub no_key_creation: bool,
    /// Who is signed in needs a second factor; keys go on working.
    pub second_factor_required: bool,
    /// Who has a higher role may do no more than this one, and nobody is given a higher one; the owner keeps his rights.
    pub highest_role: Option<Role>,
}

impl GuardRails {
    /// Why this is forbidden to somebody of this role; who is signed in has shown a second factor, or not.
    pub fn refuses(
        &self,
        action: &Action,
        role: Option<Role>,
        second_factor: Option<bool>,
    ) -> Option<String> {
        let name = action.name;
        if self.no_exports && action.is(Mark::Export) {
            return Some("exports are forbidden".to_owned());
        }
        if self.no_key_creation && name == super::api_keys::Create::ACTION.name {
            return Some("new API keys are forbidden".to_owned());
        }
        let bare = second_factor == Some(false) && !is_oneself(action);
        if self.second_factor_required && bare {
            return Some("a second factor is required: enrol one by POST /api/v2/me/factors/totp".to_owned());
        }
        let cap = self.cap(role).filter(|cap| action.reach(*cap) == Reach::None);
        cap.map(|cap| format!("nobody but the owner may do more than the role `{}`", cap.name()))
    }

    /// The role that a higher one is held down to.
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

/// Who acts in a sub-workspace, as its admin workspace knows him.
#[derive(Clone, Debug)]
pub struct Acting {
    /// The admin workspace.
    pub home: Uuid,
    pub home_name: String,
    pub who: Who,
    /// The address lists that bind the caller at home.
    pub origins: Vec<Origins>,
}

impl Grant {
    /// Whether the caller acts for sub-workspaces at all.
    pub fn may_act(&self) -> bool {
        let action = Act::ACTION;
        let in_plan = !self.denied.iter().any(|name| name == action.resource);
        self.acting.is_none() && !self.removed && in_plan && self.reach(action) != Reach::None
    }

    /// The same caller in a sub-workspace of its own: with its own rights, an admin's at most, as far as the
    /// sub-workspace leaves them. None where the other is no accepted sub-workspace.
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
            // In the sub-workspace he is nobody's member, and owns nothing.
            who: Who::default(),
            origins: self.origins.into_iter().chain(there.origins).collect(),
            strict_scopes: self.strict_scopes || there.strict_scopes,
            strict_bodies: self.strict_bodies || there.strict_bodies,
            removed: there.removed,
            denied: there.denied,
            ..self
        })
    }

    /// The workspace whose caller this is: its own, also where it acts in another.
    pub fn home(&self) -> Uuid {
        self.acting.as_ref().map_or(self.workspace, |acting| acting.home)
    }

    /// Who he is at home.
    pub fn identity(&self) -> Who {
        self.acting.as_ref().map_or(self.who, |acting| acting.who)
    }

    /// Why the sub-workspace does not leave an action to who comes, or was made, through the link.
    pub(super) fn withheld(&self, action: &Action) -> Option<String> {
        let through = self.group.as_ref().filter(|group| self.link == Some(group.link));
        through.and_then(|group| group.delegation.refuses(action))
    }

    /// Why the admin workspace forbids an action, and which one it is.
    pub(super) fn forbidden(&self, action: &Action) -> Option<String> {
        let group = self.group.as_ref()?;
        let factor = self.session().map(|session: Session| session.second_factor);
        let why = group.rails.refuses(action, self.held_role(), factor)?;
        // Clients are not told whose client they are.
        Some(match self.role {
            Some(Role::Client) => why,
            Some(_) | None => format!("{why}; so says the admin workspace, {}", group.admin_name),
        })
    }

    /// The role that an admin workspace holds this one down to.
    pub(super) fn cap(&self) -> Option<Role> {
        self.group.as_ref().and_then(|group| group.rails.cap(self.held_role()))
    }

    /// The owner keeps his rights in person; a workspace key of his is held down like an admin.
    fn held_role(&self) -> Option<Role> {
        self.role.map(|role| if role == Role::Owner && !self.in_person() { Role::Admin } else { role })
    }
}
