//! Tells callers who they are and what they can do.

use super::{Held, Me};
use crate::access::{ACTIONS, Action, Ask, Can, Grant, Principal, access::Read};
use crate::error::Result;
use crate::resources::workspaces;
use uuid::Uuid;

pub async fn me(can: Can<Read>) -> Result<Me> {
    let workspace = workspaces::current(&can, can.reader()).await?;
    let grant = can.grant();
    let kind = match grant.principal() {
        Principal::Key { personal: false, .. } => "workspace_key",
        Principal::Key { personal: true, .. } => "personal_key",
        Principal::Session(_) => "session",
        Principal::Member | Principal::Invitee => "member",
        Principal::Operator => "operator",
        Principal::Server => "server",
    };
    Ok(Me {
        workspace_id: grant.workspace(),
        workspace_name: workspace.name,
        kind,
        api_key_id: grant.key(),
        member_id: can.member(),
        user_id: can.user(),
        email: grant.email().map(str::to_owned),
        role: grant.role(),
        custom_role: grant.custom_role().cloned(),
        scopes: grant.scopes().map(<[_]>::to_vec),
        permissions: held(grant),
        tag_limit: shared(grant.tag_limits()),
        tag_limits: grant.tag_limits().to_vec(),
        expires_at: grant.expires_at(),
    })
}

fn held(grant: &Grant) -> Vec<Held> {
    let allowed = |action: &&&'static Action| Ask::new(action, grant, None).refused_by().is_none();
    let held = |action: &&'static Action| Held { permission: action.name, reach: grant.reach(action).name() };
    ACTIONS.iter().filter(|action| !action.needs.is_empty()).filter(allowed).map(held).collect()
}

/// The tags that are in every limit.
fn shared(limits: &[Vec<Uuid>]) -> Option<Vec<Uuid>> {
    let (first, rest) = limits.split_first()?;
    Some(first.iter().copied().filter(|tag| rest.iter().all(|limit| limit.contains(tag))).collect())
}
