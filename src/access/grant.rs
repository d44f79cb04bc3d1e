//! How a caller comes by role, reach and tag limit: one prepared statement, read afresh for every request, so
//! that a revocation counts from the next one on.

use super::group::GROUP;
use super::rows::{KeyRow, MemberRow, WorkspaceRow};
use super::{Acting, Action, Group, Pred, Reach, Role, Session, Who};
use crate::db::{Part, Source, sql};
use crate::error::Result;
use crate::time::Time;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who is calling.
#[derive(Clone, Debug)]
pub enum Principal {
    Key {
        id: Uuid,
        name: String,
        personal: bool,
    },
    Member,
    /// A person who is signed in.
    Session(Session),
    /// Somebody who holds the link of an invitation.
    Invitee,
    /// Somebody at the server's command line.
    Operator,
}

/// Rights of a principal in a workspace, and how it came by them.
#[derive(Clone, Debug)]
pub struct Grant {
    pub workspace: Uuid,
    pub principal: Principal,
    /// The address of the person behind it; none for a workspace key.
    pub email: Option<String>,
    pub who: Who,
    /// For a workspace key, the ceiling: its maker's role when it was made.
    pub role: Option<Role>,
    /// Lists of the wire's member permissions; each takes away what it does not name.
    pub narrowed: Vec<Vec<String>>,
    /// None for who needs no scope.
    pub scopes: Option<Vec<String>>,
    /// A record must satisfy each.
    pub limits: Vec<Vec<Uuid>>,
    /// Address lists; the call must come from each.
    pub origins: Vec<Origins>,
    /// What of these limits is the key's own, and not its member's.
    pub own: Ceiling,
    /// The member who made the key, or the key that made it, to any depth and in whatever workspace: no key that is
    /// made by a key forgets its person.
    pub made_by: Option<Uuid>,
    pub expires_at: Option<Time>,
    /// Why the credential no longer counts.
    pub lapsed: Option<&'static str>,
    pub strict_scopes: bool,
    /// The workspace requires strict bodies.
    pub strict_bodies: bool,
    pub removed: bool,
    /// Resources that the workspace's plan leaves out.
    pub denied: Vec<String>,
    /// Whose sub-workspace the workspace is.
    pub group: Option<Box<Group>>,
    /// Of a group, where he acts or was made through it.
    pub link: Option<Uuid>,
    /// None for who acts in his own workspace.
    pub acting: Option<Acting>,
}

pub type Origins = Vec<IpNet>;

/// The limits of its maker that a key keeps: no key exceeds its maker.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ceiling {
    pub narrowed: Vec<Vec<String>>,
    pub limits: Vec<Vec<Uuid>>,
    pub origins: Vec<Origins>,
}

impl Grant {
    pub async fn of_key(hash: &str, now: Time, from: impl Into<Source<'_>>) -> Result<Option<Grant>> {
        let which = |out: &mut Part| {
            out.push("c.hash = ").bind(hash);
        };
        by(which, now, from).await
    }

    /// For explanations: a key of the workspace, by its id.
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

    /// What a member may do in person: for explanations, for who is named in a body, for an invitation.
    pub async fn of_member(
        workspace: Uuid,
        member: Uuid,
        now: Time,
        from: impl Into<Source<'_>>,
    ) -> Result<Option<Grant>> {
        let found =
            sql("select {columns} from members m join workspaces w on w.id = m.workspace_id {group} \
             where m.workspace_id = $2 and m.id = $3")
            .fill_text("{group}", GROUP)
            .bind(now)
            .bind(workspace)
            .bind(member)
            .optional::<(WorkspaceRow, MemberRow)>(from);
        Ok(found.await?.map(|(workspace, member)| workspace.grant(Principal::Member).of(member)))
    }

    /// Of the member row that is an open invitation, by the hash of its token.
    pub async fn of_invitation<'a>(
        hash: &str,
        now: Time,
        from: impl Into<Source<'a>>,
    ) -> Result<Option<Grant>> {
        let found = sql("select {columns} from credentials c \
             join members m on m.workspace_id = c.workspace_id and m.id = c.id \
             join workspaces w on w.id = m.workspace_id {group} \
             where c.kind = 'invitation' and c.hash = $2 and m.invitation_expires_at > $1")
        .fill_text("{group}", GROUP)
        .bind(now)
        .bind(hash)
        .optional::<(WorkspaceRow, MemberRow)>(from);
        Ok(found.await?.map(|(workspace, member)| workspace.grant(Principal::Member).of(member)))
    }

    /// Everything, for the command line.
    pub fn operator(workspace: Uuid) -> Grant {
        let row = WorkspaceRow::bare(workspace);
        Grant { role: Some(Role::Owner), ..row.grant(Principal::Operator) }
    }

    /// In person: by session or personal key.
    pub fn in_person(&self) -> bool {
        match self.principal {
            _ if self.acting.is_some() => false,
            Principal::Key { personal, .. } => personal,
            Principal::Member | Principal::Session(_) | Principal::Invitee | Principal::Operator => true,
        }
    }

    /// What a member's own list of permissions leaves of an action.
    pub fn named(&self, action: &Action) -> bool {
        action.needs.is_empty()
            || self.narrowed.iter().all(|list| list.iter().any(|name| name == action.needs))
    }

    pub fn reach(&self, action: &Action) -> Reach {
        let own = self.own_reach(action);
        self.cap().map_or(own, |cap| own.and(action.reach(cap)))
    }

    /// Whatever an admin workspace forbids.
    pub(super) fn own_reach(&self, action: &Action) -> Reach {
        match self.role {
            Some(role) if self.bar(action).is_none() => action.reach(role),
            _ => Reach::None,
        }
    }

    pub fn pred(&self, action: &Action) -> Pred {
        Pred::new(self.workspace, self.reach(action), self.who, &self.limits)
    }

    pub fn ceiling(&self) -> Ceiling {
        Ceiling {
            narrowed: self.narrowed.clone(),
            limits: self.limits.clone(),
            // What the workspace's login policy says is read afresh each time; that of another workspace is not.
            origins: self.acting.as_ref().map_or(&self.own.origins, |acting| &acting.origins).clone(),
        }
    }

    /// `jane@acme.example`, or `key:<name>` for a workspace key.
    pub fn label(&self) -> String {
        match (&self.principal, &self.email) {
            (Principal::Operator, _) => "operator".to_owned(),
            (Principal::Key { name, personal: false, .. }, _) => format!("key:{name}"),
            (
                Principal::Key { .. } | Principal::Member | Principal::Session(_) | Principal::Invitee,
                email,
            ) => email.clone().unwrap_or_else(|| "nobody".to_owned()),
        }
    }

    pub fn key(&self) -> Option<Uuid> {
        match self.principal {
            Principal::Key { id, .. } => Some(id),
            Principal::Member | Principal::Session(_) | Principal::Invitee | Principal::Operator => None,
        }
    }
}

async fn by(which: impl FnOnce(&mut Part), now: Time, from: impl Into<Source<'_>>) -> Result<Option<Grant>> {
    let found = sql("select {columns} from credentials c \
         join api_keys k on k.workspace_id = c.workspace_id and k.id = c.id \
         join workspaces w on w.id = c.workspace_id \
         left join members m on m.workspace_id = k.workspace_id and m.id = k.member_id {group} \
         where c.kind = 'key' and {which}")
    .fill_text("{group}", GROUP)
    .bind(now)
    .fill("{which}", which)
    .optional::<(WorkspaceRow, (KeyRow, Option<MemberRow>))>(from);
    Ok(found.await?.map(|(workspace, (key, member))| key.grant(workspace, member)))
}
