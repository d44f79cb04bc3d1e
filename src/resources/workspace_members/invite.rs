//! Invites a person.

use super::guard::within_own;
use super::invitation::{Link, within_a_day};
use super::{New, handed, subject};
use crate::access::{Caller, Can, Role, workspace_members::Create};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::address;
use crate::resources::members::{self, WorkspaceMember};
use crate::resources::roles::{self, WorkspaceRole};
use crate::resources::{custom_tags, workspaces};
use std::slice::from_mut;

/// Does not look whether the address belongs to a user, so the answer and its cost are always the same.
pub async fn invite(can: Can<Create>, new: New) -> Result<WorkspaceMember> {
    let link = Link::new(&can)?;
    can.write(async move |can, tx| invite_part(can, tx, &new, &link).await).await
}

/// The change in a transaction that the caller has begun.
pub async fn invite_part(
    can: &Can<Create>,
    tx: &mut Tx,
    new: &New,
    link: &Link,
) -> Result<Change<WorkspaceMember>> {
    within_a_day(can, tx).await?;
    let custom = match &new.custom_role {
        Some(name) => Some(custom(can, tx, name, new.role).await?),
        None => None,
    };
    let role = match (&custom, new.role) {
        (Some(custom), _) => custom.base,
        (None, Some(role)) => role,
        (None, None) => workspaces::current(can, &mut *tx).await?.default_member_role,
    };
    let effective = custom.as_ref().map_or(role.into(), WorkspaceRole::effective);
    roles::guard(can, None, Some(&effective))?;
    within_own(can, new.permissions.as_deref())?;
    custom_tags::known(can, &mut *tx, "tag_limit", new.tag_limit.as_deref().unwrap_or_default()).await?;
    let custom_role = custom.as_ref().map(WorkspaceRole::label);
    let mut member = WorkspaceMember { custom_role, ..pending(can, new, role) };
    if members::is_taken(can, tx, &member.email).await? {
        return Err(Error::Conflict("A member with this email already exists.".to_owned()));
    }
    members::insert(can, tx, &member, link.expires).await?;
    link.open(can, tx, member.id).await?;
    handed::promise(can, tx, &member, &new.accounts).await?;
    handed::show(can, &mut *tx, from_mut(&mut member)).await?;
    member.invitation_url = link.hand_over(can, tx, &member).await?;
    Ok(Change::created(subject(member.id), member))
}

/// The custom role that a body names. The body can name its base too.
pub async fn custom(can: &Caller, tx: &mut Tx, name: &str, role: Option<Role>) -> Result<WorkspaceRole> {
    let custom = roles::named(can, tx, "body/custom_role", name).await?;
    match role.is_none_or(|role| role == custom.base) {
        true => Ok(custom),
        false => {
            let base = custom.base.name();
            Err(Error::Invalid(format!(
                "body/role must be left out, or be `{base}`, the base of the custom role"
            )))
        }
    }
}

fn pending(can: &Caller, new: &New, role: Role) -> WorkspaceMember {
    WorkspaceMember {
        id: can.id_of_new(),
        workspace_id: can.workspace(),
        email: address(&new.email),
        user_id: can.new_id(),
        user_email: None,
        nickname: new.nickname.clone(),
        name: None,
        role,
        custom_role: None,
        accepted: false,
        issuer_id: can.user(),
        permissions: new.permissions.clone(),
        timestamp_created: can.now(),
        tag_limit: new.tag_limit.clone(),
        second_factor: false,
        invitation_url: None,
        accounts: None,
        keys_made: None,
    }
}
