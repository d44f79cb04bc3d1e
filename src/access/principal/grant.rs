//! The role, reach and tag limits of a caller. One prepared statement reads them again for every request, so a revocation
//! takes effect from the next request on.

use super::group::GROUP_AND_ROLE;
use super::rows::{KeyRow, MemberRow, WorkspaceRow};
use super::{Acting, Group, Lapsed, Principal};
use crate::access::{Action, Cells, CustomRole, EffectiveRole, Pred, Reach, Role, Who};
use crate::db::{Part, Source, sql};
use crate::error::Result;
use crate::time::Time;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The rights of a principal in a workspace. Only `access` makes one: its fields are private to it.
#[derive(Clone, Debug)]
pub struct Grant {
    pub(in crate::access) workspace: Uuid,
    pub(in crate::access) principal: Principal,
    /// The address of the person behind it. None for a workspace key.
    pub(in crate::access) email: Option<String>,
    pub(in crate::access) who: Who,
    /// For a workspace key: the role of its maker when they made it.
    pub(in crate::access) role: Option<Role>,
    /// The cells of the custom role, which lower the role. For a workspace key: those of its maker when they made it.
    pub(in crate::access) cells: Option<Cells>,
    pub(in crate::access) custom_role: Option<CustomRole>,
    /// Lists of the wire's member permissions. An action must be in each of them.
    pub(in crate::access) narrowed: Vec<Vec<String>>,
    /// None for a caller without a key, who needs no scope.
    pub(in crate::access) scopes: Option<Vec<String>>,
    /// Tag limits. A record must satisfy each.
    pub(in crate::access) limits: Vec<Vec<Uuid>>,
    /// The last of them is there only because a client has no tag limit of their own.
    pub(in crate::access) limit_of_role: bool,
    /// Address lists. The call must come from an address in each.
    pub(in crate::access) origins: Vec<Origins>,
    /// The part of these limits that belongs to the key, and not to its member.
    pub(in crate::access) own: Ceiling,
    /// The member who made the key, directly or through other keys, in whatever workspace. So a key that a key makes is
    /// traced to a person.
    pub(in crate::access) made_by: Option<Uuid>,
    pub(in crate::access) expires_at: Option<Time>,
    pub(in crate::access) lapsed: Option<Lapsed>,
    pub(in crate::access) strict_scopes: bool,
    /// The workspace requires strict bodies.
    pub(in crate::access) strict_bodies: bool,
    /// The workspace is removed.
    pub(in crate::access) removed: bool,
    /// Resources that the workspace's plan leaves out.
    pub(in crate::access) denied: Vec<String>,
    /// The group to which the workspace belongs as a sub-workspace.
    pub(in crate::access) group: Option<Box<Group>>,
    /// The link of a group, for a caller who acts or was made through it.
    pub(in crate::access) link: Option<Uuid>,
    /// None for a caller in their own workspace.
    pub(in crate::access) acting: Option<Acting>,
}

pub type Origins = Vec<IpNet>;

/// The limits of its maker that a key keeps, so that no key exceeds its maker.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ceiling {
    pub narrowed: Vec<Vec<String>>,
    pub limits: Vec<Vec<Uuid>>,
    pub origins: Vec<Origins>,
    /// The cells of a custom role. Only a workspace key has them, because a personal key has the role of its member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cells: Option<Cells>,
}

impl Grant {
    pub async fn of_key(hash: &str, now: Time, from: impl Into<Source<'_>>) -> Result<Option<Grant>> {
        let which = |out: &mut Part| {
            out.push("c.hash = ").bind(hash);
        };
        by(which, now, from).await
    }

    /// The grant of a key of the workspace, by its id. For explanations and jobs.
    pub async fn of_key_id(
        workspace: Uuid,
        id: Uuid,
        now: Time,
        from: impl Into<Source<'_>>,
    ) -> Result<Option<Grant>> {
        let which = move |out: &mut Part| {
            out.push("k.workspace_id = ").bind(workspace).push(" and k.id = ").bind(id);
        };
        by(which, now, from).await
    }

    /// The grant of a member in person. For explanations, jobs, and members whom a body names.
    pub async fn of_member(
        workspace: Uuid,
        member: Uuid,
        now: Time,
        from: impl Into<Source<'_>>,
    ) -> Result<Option<Grant>> {
        let found =
            sql("select {columns} from members m join workspaces w on w.id = m.workspace_id {group} \
             where m.workspace_id = $2 and m.id = $3")
            .fill_text("{group}", GROUP_AND_ROLE)
            .bind(now)
            .bind(workspace)
            .bind(member)
            .optional::<(WorkspaceRow, MemberRow)>(from);
        Ok(found.await?.map(|(workspace, member)| workspace.grant(Principal::Member).of(member)))
    }

    /// The grant of the member row that is an invitation, by the hash of its token.
    pub(super) async fn of_invitation<'a>(
        hash: &str,
        now: Time,
        from: impl Into<Source<'a>>,
    ) -> Result<Option<Grant>> {
        let found = sql("select {columns} from credentials c \
             join members m on m.workspace_id = c.workspace_id and m.id = c.id \
             join workspaces w on w.id = m.workspace_id {group} \
             where c.kind = 'invitation' and c.hash = $2 and m.invitation_expires_at > $1")
        .fill_text("{group}", GROUP_AND_ROLE)
        .bind(now)
        .bind(hash)
        .optional::<(WorkspaceRow, MemberRow)>(from);
        Ok(found.await?.map(|(workspace, member)| workspace.grant(Principal::Member).of(member)))
    }

    /// All rights, for the command line.
    pub fn operator(workspace: Uuid) -> Grant {
        Grant::unlimited(workspace, Principal::Operator)
    }

    /// All rights, for the server itself.
    pub fn server(workspace: Uuid) -> Grant {
        Grant::unlimited(workspace, Principal::Server)
    }

    fn unlimited(workspace: Uuid, principal: Principal) -> Grant {
        let row = WorkspaceRow::bare(workspace);
        Grant { role: Some(Role::Owner), ..row.grant(principal) }
    }

    /// Whether the caller is a person with a session or a personal key in their own workspace.
    pub fn in_person(&self) -> bool {
        match self.principal {
            _ if self.acting.is_some() => false,
            Principal::Key { personal, .. } => personal,
            Principal::Member | Principal::Session(_) | Principal::Invitee | Principal::Operator => true,
            Principal::Server => false,
        }
    }

    /// Whether each of the member's lists of permissions allows an action.
    pub(in crate::access) fn named(&self, action: &Action) -> bool {
        action.needs.is_empty()
            || self.narrowed.iter().all(|list| list.iter().any(|name| name == action.needs))
    }

    pub fn reach(&self, action: &Action) -> Reach {
        let own = self.own_reach(action);
        self.cap().map_or(own, |cap| own.and(action.reach(cap)))
    }

    /// The reach before guard-rails.
    pub(in crate::access) fn own_reach(&self, action: &Action) -> Reach {
        match self.effective_role() {
            Some(role) if self.role_bar(action).is_none() => role.reach(action),
            Some(_) | None => Reach::None,
        }
    }

    /// The role with the cells that lower it.
    pub fn effective_role(&self) -> Option<EffectiveRole> {
        self.role.map(|base| EffectiveRole { base, cells: self.cells.clone() })
    }

    pub fn pred(&self, action: &Action) -> Pred {
        Pred::new(self.workspace, self.reach(action), self.who, &self.limits)
    }

    /// The limits for a key that this caller makes.
    pub fn ceiling(&self) -> Ceiling {
        Ceiling {
            narrowed: self.narrowed.clone(),
            limits: self.limits.clone(),
            // The login policy of this workspace is read again for each call. That of the admin workspace is not, so
            // the key keeps it.
            origins: self.acting.as_ref().map_or(&self.own.origins, |acting| &acting.origins).clone(),
            cells: self.cells.clone(),
        }
    }

    /// `jane@acme.example`, or `key:<name>` for a workspace key.
    pub fn label(&self) -> String {
        match (&self.principal, &self.email) {
            (Principal::Operator, _) => "operator".to_owned(),
            (Principal::Server, _) => "server".to_owned(),
            (Principal::Key { name, personal: false, .. }, _) => format!("key:{name}"),
            (
                Principal::Key { .. } | Principal::Member | Principal::Session(_) | Principal::Invitee,
                email,
            ) => email.clone().unwrap_or_else(|| "nobody".to_owned()),
        }
    }

    pub fn workspace(&self) -> Uuid {
        self.workspace
    }
    pub fn member(&self) -> Option<Uuid> {
        self.who.member
    }
    pub fn user(&self) -> Option<Uuid> {
        self.who.user
    }
    pub fn principal(&self) -> &Principal {
        &self.principal
    }
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }
    /// The built-in role. For a custom role this is its base.
    pub fn role(&self) -> Option<Role> {
        self.role
    }
    /// The name of the custom role, or of the built-in one. Empty for a caller without a role.
    pub fn role_name(&self) -> &str {
        let base = self.role.map_or("", Role::name);
        self.custom_role.as_ref().map_or(base, |role| &role.name)
    }
    pub fn custom_role(&self) -> Option<&CustomRole> {
        self.custom_role.as_ref()
    }
    pub fn scopes(&self) -> Option<&[String]> {
        self.scopes.as_deref()
    }
    /// A record must satisfy each of them.
    pub fn tag_limits(&self) -> &[Vec<Uuid>] {
        &self.limits
    }
    /// Lists of member permissions. An action must be in each of them.
    pub fn permission_lists(&self) -> &[Vec<String>] {
        &self.narrowed
    }
    /// The limits that belong to the key itself, and not to its member.
    pub fn own_ceiling(&self) -> &Ceiling {
        &self.own
    }
    pub fn expires_at(&self) -> Option<Time> {
        self.expires_at
    }
    pub fn group(&self) -> Option<&Group> {
        self.group.as_deref()
    }
    pub fn link(&self) -> Option<Uuid> {
        self.link
    }
    pub fn acting(&self) -> Option<&Acting> {
        self.acting.as_ref()
    }

    /// The member to whom a key is traced that this caller makes.
    pub fn maker(&self) -> Option<Uuid> {
        self.identity().member.or(self.made_by)
    }

    pub fn key(&self) -> Option<Uuid> {
        match self.principal {
            Principal::Key { id, .. } => Some(id),
            Principal::Member
            | Principal::Session(_)
            | Principal::Invitee
            | Principal::Operator
            | Principal::Server => None,
        }
    }
}

async fn by(which: impl FnOnce(&mut Part), now: Time, from: impl Into<Source<'_>>) -> Result<Option<Grant>> {
    let found = sql("select {columns} from credentials c \
         join api_keys k on k.workspace_id = c.workspace_id and k.id = c.id \
         join workspaces w on w.id = c.workspace_id \
         left join members m on m.workspace_id = k.workspace_id and m.id = k.member_id {group} \
         where c.kind = 'key' and {which}")
    .fill_text("{group}", GROUP_AND_ROLE)
    .bind(now)
    .fill("{which}", which)
    .optional::<(WorkspaceRow, (KeyRow, Option<MemberRow>))>(from);
    Ok(found.await?.map(|(workspace, (key, member))| key.grant(workspace, member)))
}
