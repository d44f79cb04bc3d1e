//! The rows from which a grant is made.

use super::{Ceiling, Grant, Group, Lapsed, LoginPolicy, Origins, Principal};
use crate::access::{CustomRole, Role, Who};
use crate::db::{Json, Record, Row};
use crate::error::{Error, Result};
use crate::time::Time;
use uuid::Uuid;

#[derive(Clone)]
pub(in crate::access) struct WorkspaceRow {
    id: Uuid,
    strict_scopes: bool,
    strict_bodies: bool,
    denied: Json<Vec<String>>,
    removed: bool,
    policy: Option<Json<LoginPolicy>>,
    /// Sessions that started before this time are invalid here.
    pub(in crate::access) sessions_from: Option<Time>,
    group: Option<Box<Group>>,
}

impl WorkspaceRow {
    /// For the command line, which knows only the id.
    pub(in crate::access) fn bare(id: Uuid) -> Self {
        WorkspaceRow {
            id,
            strict_scopes: false,
            strict_bodies: false,
            denied: Json(vec![]),
            removed: false,
            policy: None,
            sessions_from: None,
            group: None,
        }
    }

    pub(in crate::access) fn policy(&self) -> LoginPolicy {
        self.policy.as_ref().map(|Json(policy)| policy.clone()).unwrap_or_default()
    }

    pub(in crate::access) fn grant(self, principal: Principal) -> Grant {
        Grant {
            workspace: self.id,
            principal,
            email: None,
            who: Who::default(),
            role: None,
            cells: None,
            custom_role: None,
            narrowed: vec![],
            scopes: None,
            limits: vec![],
            limit_of_role: false,
            origins: self.policy.and_then(|Json(policy)| policy.allowed_ips).into_iter().collect(),
            own: Ceiling::default(),
            made_by: None,
            expires_at: None,
            lapsed: None,
            strict_scopes: self.strict_scopes,
            strict_bodies: self.strict_bodies,
            removed: self.removed,
            denied: self.denied.0,
            group: self.group,
            link: None,
            acting: None,
        }
    }
}

impl Record for WorkspaceRow {
    const COLUMNS: &'static str = "w.id, w.strict_scopes, w.strict_bodies, w.denied, coalesce(w.scheduled_for_removal_at <= $1, false), w.login_policy, w.sessions_from, \
         l.id, l.delegation, p.id, p.name, p.guard_rails";
    fn read(row: &mut Row) -> Result<Self> {
        Ok(Self {
            id: row.take()?,
            strict_scopes: row.take()?,
            strict_bodies: row.take()?,
            denied: row.take()?,
            removed: row.take()?,
            policy: row.take()?,
            sessions_from: row.take()?,
            group: Record::read(row)?,
        })
    }
}

pub(in crate::access) struct MemberRow {
    id: Uuid,
    user_id: Uuid,
    email: String,
    role: String,
    permissions: Option<Json<Vec<String>>>,
    tag_limit: Option<Json<Vec<Uuid>>>,
    accepted: bool,
    link: Option<Uuid>,
    custom: Option<CustomRole>,
}

impl Record for MemberRow {
    const COLUMNS: &'static str = "m.id, m.user_id, m.email, m.role, m.permissions, m.tag_limit, m.accepted, m.link_id, m.role_id, r.name, r.cells";
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
        let link = row.take()?;
        let (role_id, name, cells): (Option<Uuid>, Option<String>, Option<String>) =
            (row.take()?, row.take()?, row.take()?);
        // A member whose custom role does not exist has no rights.
        let custom = role_id.map(|id| CustomRole {
            id,
            name: name.unwrap_or_default(),
            cells: cells.unwrap_or_default().into(),
        });
        Ok(match (id, user_id, email, role) {
            (Some(id), Some(user_id), Some(email), Some(role)) => Some(MemberRow {
                id,
                user_id,
                email,
                role,
                permissions,
                tag_limit,
                accepted: accepted.unwrap_or(false),
                link,
                custom,
            }),
            _ => None,
        })
    }
}

pub(in crate::access) struct KeyRow {
    id: Uuid,
    name: String,
    personal: bool,
    scopes: Json<Vec<String>>,
    tag_limit: Option<Json<Vec<Uuid>>>,
    allowed_ips: Option<Json<Origins>>,
    ceiling_role: Option<String>,
    ceiling: Json<Ceiling>,
    created_by: Option<Uuid>,
    expires_at: Option<Time>,
    revoked: bool,
    expired: bool,
    link: Option<Uuid>,
}

impl KeyRow {
    pub(in crate::access) fn grant(self, workspace: WorkspaceRow, member: Option<MemberRow>) -> Grant {
        let mut own = self.ceiling.0;
        own.limits.extend(self.tag_limit.map(|Json(limit)| limit));
        own.origins.extend(self.allowed_ips.map(|Json(origins)| origins));
        let principal = Principal::Key { id: self.id, name: self.name, personal: self.personal };
        let mut grant = workspace.grant(principal);
        grant.scopes = Some(self.scopes.0);
        grant.limits = own.limits.clone();
        grant.origins.extend(own.origins.iter().cloned());
        grant.narrowed = own.narrowed.clone();
        grant.own = own;
        grant.made_by = self.created_by;
        grant.expires_at = self.expires_at;
        grant.lapsed = match (self.revoked, self.expired, self.personal && member.is_none()) {
            (true, ..) => Some(Lapsed::KeyRevoked),
            (_, true, _) => Some(Lapsed::KeyExpired),
            (.., true) => Some(Lapsed::MemberGone),
            (false, false, false) => None,
        };
        let grant = grant.by_link(self.link);
        match member {
            Some(member) if self.personal => grant.of(member),
            _ => Grant {
                role: self.ceiling_role.as_deref().and_then(Role::parse),
                cells: grant.own.cells.clone(),
                ..grant
            },
        }
    }
}

impl Record for KeyRow {
    const COLUMNS: &'static str = "k.id, k.name, k.personal, k.scopes, k.tag_limit, k.allowed_ips, \
         k.ceiling_role, k.ceiling, k.created_by, k.expires_at, k.revoked_at is not null, \
         coalesce(k.expires_at <= $1, false), k.link_id";
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
            created_by: row.take()?,
            expires_at: row.take()?,
            revoked: row.take()?,
            expired: row.take()?,
            link: row.take()?,
        })
    }
}

impl Grant {
    /// Adds the rights that a member has now.
    pub(in crate::access) fn of(mut self, member: MemberRow) -> Grant {
        self.who = Who { user: Some(member.user_id), member: Some(member.id) };
        self.role = Role::parse(&member.role);
        self.cells = member.custom.as_ref().map(|role| role.cells.clone());
        self.custom_role = member.custom;
        self.email = Some(member.email);
        self.narrowed.extend(member.permissions.map(|Json(list)| list));
        match (member.tag_limit, self.role) {
            (Some(Json(limit)), _) => self.limits.push(limit),
            // A client without a tag limit sees nothing.
            (None, Some(Role::Client)) => {
                self.limits.push(vec![]);
                self.limit_of_role = true;
            }
            (None, _) => (),
        }
        let mut own = self.by_link(member.link);
        if !member.accepted {
            own.lapsed = own.lapsed.or(Some(Lapsed::NotAccepted));
        }
        own
    }

    /// What an admin workspace made here works for as long as the link exists.
    fn by_link(self, link: Option<Uuid>) -> Grant {
        let Some(link) = link else { return self };
        let exists = self.group.as_ref().is_some_and(|group| group.link == link);
        let gone = (!exists).then_some(Lapsed::LinkGone);
        Grant { link: Some(link), lapsed: self.lapsed.or(gone), ..self }
    }
}
