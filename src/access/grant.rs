//! How a caller comes by role, reach and tag limit: one prepared statement, read afresh for every request, so
//! that a revocation counts from the next one on.

use super::{Action, Mark, Pred, Reach, Role, Who};
use crate::db::{Json, Part, Record, Row, Source, Time, sql};
use crate::error::{Error, Result};
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
    pub expires_at: Option<Time>,
    /// Why the credential no longer counts.
    pub lapsed: Option<&'static str>,
    pub strict_scopes: bool,
    pub removed: bool,
    /// Resources that the workspace's plan leaves out.
    pub denied: Vec<String>,
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
        let found = sql("select {columns} from members m join workspaces w on w.id = m.workspace_id \
             where m.workspace_id = $2 and m.id = $3")
        .bind(now)
        .bind(workspace)
        .bind(member)
        .optional::<(WorkspaceRow, MemberRow)>(from);
        Ok(found.await?.map(|(workspace, member)| workspace.grant(Principal::Member).of(member)))
    }

    /// Everything, for the command line.
    pub fn operator(workspace: Uuid) -> Grant {
        let row = WorkspaceRow { id: workspace, strict_scopes: false, denied: Json(vec![]), removed: false };
        Grant { role: Some(Role::Owner), ..row.grant(Principal::Operator) }
    }

    /// In person: by session or personal key.
    pub fn in_person(&self) -> bool {
        match self.principal {
            Principal::Key { personal, .. } => personal,
            Principal::Member | Principal::Invitee | Principal::Operator => true,
        }
    }

    /// What a member's own list of permissions leaves of an action.
    pub fn named(&self, action: &Action) -> bool {
        action.needs.is_empty()
            || self.narrowed.iter().all(|list| list.iter().any(|name| name == action.needs))
    }

    pub fn reach(&self, action: &Action) -> Reach {
        let barred = action.is(Mark::InPerson) && !self.in_person()
            || action.is(Mark::Unlimited) && !self.limits.is_empty()
            || !self.named(action);
        match self.role {
            Some(role) if !barred => action.reach(role),
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
            origins: self.origins.clone(),
        }
    }

    /// `jane@acme.example`, or `key:<name>` for a workspace key.
    pub fn label(&self) -> String {
        match (&self.principal, &self.email) {
            (Principal::Operator, _) => "operator".to_owned(),
            (Principal::Key { name, personal: false, .. }, _) => format!("key:{name}"),
            (Principal::Key { .. } | Principal::Member | Principal::Invitee, email) => {
                email.clone().unwrap_or_else(|| "nobody".to_owned())
            }
        }
    }

    pub fn key(&self) -> Option<Uuid> {
        match self.principal {
            Principal::Key { id, .. } => Some(id),
            Principal::Member | Principal::Invitee | Principal::Operator => None,
        }
    }

    /// With the rights of a member, as they are now.
    fn of(mut self, member: MemberRow) -> Grant {
        self.who = Who { user: Some(member.user_id), member: Some(member.id) };
        self.role = Role::parse(&member.role);
        self.email = Some(member.email);
        self.narrowed.extend(member.permissions.map(|Json(list)| list));
        match (member.tag_limit, self.role) {
            (Some(Json(limit)), _) => self.limits.push(limit),
            // A client sees what its tags show, and without tags nothing.
            (None, Some(Role::Client)) => self.limits.push(vec![]),
            (None, _) => (),
        }
        if !member.accepted {
            self.lapsed = self.lapsed.or(Some("of an invitation that is not accepted yet"));
        }
        self
    }
}

async fn by(which: impl FnOnce(&mut Part), now: Time, from: impl Into<Source<'_>>) -> Result<Option<Grant>> {
    let found = sql("select {columns} from credentials c \
         join api_keys k on k.workspace_id = c.workspace_id and k.id = c.id \
         join workspaces w on w.id = c.workspace_id \
         left join members m on m.workspace_id = k.workspace_id and m.id = k.member_id \
         where c.kind = 'key' and {which}")
    .bind(now)
    .fill("{which}", which)
    .optional::<(WorkspaceRow, (KeyRow, Option<MemberRow>))>(from);
    Ok(found.await?.map(|(workspace, (key, member))| key.grant(workspace, member)))
}

struct WorkspaceRow {
    id: Uuid,
    strict_scopes: bool,
    denied: Json<Vec<String>>,
    removed: bool,
}

impl WorkspaceRow {
    fn grant(self, principal: Principal) -> Grant {
        Grant {
            workspace: self.id,
            principal,
            email: None,
            who: Who::default(),
            role: None,
            narrowed: vec![],
            scopes: None,
            limits: vec![],
            origins: vec![],
            own: Ceiling::default(),
            expires_at: None,
            lapsed: None,
            strict_scopes: self.strict_scopes,
            removed: self.removed,
            denied: self.denied.0,
        }
    }
}

impl Record for WorkspaceRow {
    const COLUMNS: &'static str =
        "w.id, w.strict_scopes, w.denied, coalesce(w.scheduled_for_removal_at <= $1, false)";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Self { id: row.take()?, strict_scopes: row.take()?, denied: row.take()?, removed: row.take()? })
    }
}

struct MemberRow {
    id: Uuid,
    user_id: Uuid,
    email: String,
    role: String,
    permissions: Option<Json<Vec<String>>>,
    tag_limit: Option<Json<Vec<Uuid>>>,
    accepted: bool,
}

impl Record for MemberRow {
    const COLUMNS: &'static str = "m.id, m.user_id, m.email, m.role, m.permissions, m.tag_limit, m.accepted";
    fn read(row: &mut Row) -> Result<Self> {
        <Option<MemberRow> as Record>::read(row)?.ok_or_else(|| Error::internal("a member without an id"))
    }
}

impl Record for Option<MemberRow> {
    const COLUMNS: &'static str = MemberRow::COLUMNS;
    fn read(row: &mut Row) -> Result<Self> {
        let id: Option<Uuid> = row.take()?;
        let (user_id, email, role): (Option<Uuid>, Option<String>, Option<String>) =
            (row.take()?, row.take()?, row.take()?);
        let (permissions, tag_limit, accepted) = (row.take()?, row.take()?, row.take::<Option<bool>>()?);
        Ok(match (id, user_id, email, role) {
            (Some(id), Some(user_id), Some(email), Some(role)) => Some(MemberRow {
                id,
                user_id,
                email,
                role,
                permissions,
                tag_limit,
                accepted: accepted.unwrap_or(false),
            }),
            _ => None,
        })
    }
}

struct KeyRow {
    id: Uuid,
    name: String,
    personal: bool,
    scopes: Json<Vec<String>>,
    tag_limit: Option<Json<Vec<Uuid>>>,
    allowed_ips: Option<Json<Origins>>,
    ceiling_role: Option<String>,
    ceiling: Json<Ceiling>,
    expires_at: Option<Time>,
    revoked: bool,
    expired: bool,
}

impl KeyRow {
    fn grant(self, workspace: WorkspaceRow, member: Option<MemberRow>) -> Grant {
        let mut own = self.ceiling.0;
        own.limits.extend(self.tag_limit.map(|Json(limit)| limit));
        own.origins.extend(self.allowed_ips.map(|Json(origins)| origins));
        let principal = Principal::Key { id: self.id, name: self.name, personal: self.personal };
        let mut grant = workspace.grant(principal);
        grant.scopes = Some(self.scopes.0);
        grant.limits = own.limits.clone();
        grant.origins = own.origins.clone();
        grant.narrowed = own.narrowed.clone();
        grant.own = own;
        grant.expires_at = self.expires_at;
        grant.lapsed = match (self.revoked, self.expired, self.personal && member.is_none()) {
            (true, ..) => Some("revoked"),
            (_, true, _) => Some("expired"),
            (.., true) => Some("of a member who is no longer there"),
            (false, false, false) => None,
        };
        match member {
            Some(member) if self.personal => grant.of(member),
            _ => Grant { role: self.ceiling_role.as_deref().and_then(Role::parse), ..grant },
        }
    }
}

impl Record for KeyRow {
    const COLUMNS: &'static str = "k.id, k.name, k.personal, k.scopes, k.tag_limit, k.allowed_ips, \
         k.ceiling_role, k.ceiling, k.expires_at, k.revoked_at is not null, \
         coalesce(k.expires_at <= $1, false)";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.take()?,
            name: row.take()?,
            personal: row.take()?,
            scopes: row.take()?,
            tag_limit: row.take()?,
            allowed_ips: row.take()?,
            ceiling_role: row.take()?,
            ceiling: row.take()?,
            expires_at: row.take()?,
            revoked: row.take()?,
            expired: row.take()?,
        })
    }
}
