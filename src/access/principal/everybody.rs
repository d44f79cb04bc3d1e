//! All principals of a workspace, for questions about everybody. Three statements read their grants, however many there are.

use super::group::GROUP;
use super::rows::{KeyRow, MemberRow, WorkspaceRow};
use super::{Acting, Grant, Principal};
use crate::access::{Lapsed, Role, Who};
use crate::db::{Source, sql};
use crate::error::{Error, Result};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The most members, and the most keys, of which the grants are held in memory at once.
const MOST: usize = 10_000;

/// What a principal of a workspace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum PrincipalKind {
    Member,
    Key,
    /// The people and keys of the admin workspace, who act here through the link.
    AdminWorkspace,
    /// A person who is invited and has not accepted. The grant is the one that they have once they accept.
    Invitation,
}

impl PrincipalKind {
    pub fn name(self) -> &'static str {
        match self {
            PrincipalKind::Member => "member",
            PrincipalKind::Key => "key",
            PrincipalKind::AdminWorkspace => "admin_workspace",
            PrincipalKind::Invitation => "invitation",
        }
    }
}

/// A principal of a workspace.
#[derive(Clone, Debug)]
pub struct Somebody {
    pub kind: PrincipalKind,
    pub id: Uuid,
    /// The address of a person, or the name of a key or an admin workspace.
    pub label: String,
    pub grant: Grant,
}

impl Somebody {
    /// The principal of a grant.
    pub fn of(grant: Grant) -> Somebody {
        let member = grant.identity().member;
        let (kind, id, label) = match (grant.key(), &grant.principal) {
            (Some(id), Principal::Key { name, .. }) => (PrincipalKind::Key, id, name.clone()),
            _ if grant.lapsed == Some(Lapsed::NotAccepted) => {
                (PrincipalKind::Invitation, member.unwrap_or_default(), grant.label())
            }
            _ => (PrincipalKind::Member, member.unwrap_or_default(), grant.label()),
        };
        Somebody { kind, id, label, grant }
    }
}

impl Grant {
    /// The grants of all members, invitations and keys of a workspace, and of its admin workspace. Revoked keys are left out.
    /// An error if there are too many to hold.
    pub async fn of_everybody(
        workspace: Uuid,
        now: Time,
        from: impl Into<Source<'_>>,
    ) -> Result<Vec<Somebody>> {
        let mut from = from.into();
        let found = sql("select {columns} from workspaces w {group} where w.id = $2")
            .bind(now)
            .bind(workspace)
            .fill_text("{group}", GROUP)
            .optional::<WorkspaceRow>(from.again());
        let Some(here) = found.await? else { return Ok(vec![]) };
        let members = sql("select {columns}, m.invitation_expires_at from members m \
             left join roles r on r.workspace_id = m.workspace_id and r.id = m.role_id \
             where m.workspace_id = $1 order by m.id desc limit $2")
        .bind(workspace)
        .bind(MOST as i64 + 1)
        .all::<(MemberRow, Option<Time>)>(from.again());
        let members = bounded("members", members.await?)?;
        let keys = sql("select {columns} from api_keys k \
             left join members m on m.workspace_id = k.workspace_id and m.id = k.member_id \
             left join roles r on r.workspace_id = m.workspace_id and r.id = m.role_id \
             where k.workspace_id = $2 and k.revoked_at is null and not k.canary order by k.id desc limit $3")
        .bind(now)
        .bind(workspace)
        .bind(MOST as i64 + 1)
        .all::<(KeyRow, Option<MemberRow>)>(from);
        let keys = bounded("API keys", keys.await?)?;
        let admin = admin_workspace(&here);
        let members = members.into_iter().map(|(member, expires)| {
            let grant = here.clone().grant(Principal::Member).of(member);
            accepting(Somebody::of(grant), expires.is_some_and(|expires| expires > now))
        });
        let mut all: Vec<Somebody> = admin.into_iter().chain(members).collect();
        all.extend(keys.into_iter().map(|(key, member)| Somebody::of(key.grant(here.clone(), member))));
        Ok(all)
    }
}

fn bounded<T>(what: &str, rows: Vec<T>) -> Result<Vec<T>> {
    match rows.len() > MOST {
        true => Err(Error::TooMuch(format!(
            "this works only in workspaces with at most {MOST} {what}; this workspace has more"
        ))),
        false => Ok(rows),
    }
}

/// An open invitation, as if the person had accepted it. One that has expired stays without rights.
fn accepting(somebody: Somebody, open: bool) -> Somebody {
    let Somebody { kind, id, label, grant } = somebody;
    let accepts = kind == PrincipalKind::Invitation && open;
    let lapsed = grant.lapsed.filter(|_| !accepts);
    Somebody { kind, id, label, grant: Grant { lapsed, ..grant } }
}

/// The most that the people of the admin workspace can do here.
fn admin_workspace(here: &WorkspaceRow) -> Option<Somebody> {
    let there = here.clone().grant(Principal::Member);
    let group = there.group.clone()?;
    let acting = Acting {
        home: group.admin,
        home_name: group.admin_name.clone(),
        who: Who::default(),
        origins: vec![],
    };
    let grant = Grant { role: Some(Role::Admin), link: Some(group.link), acting: Some(acting), ..there };
    Some(Somebody { kind: PrincipalKind::AdminWorkspace, id: group.admin, label: group.admin_name, grant })
}
