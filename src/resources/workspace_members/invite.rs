//! Invites a person.

use super::guard::{guard, within_own};
use super::invitation::{Link, within_a_day};
use super::{New, handed, subject};
use crate::access::{Caller, Can, Role, workspace_members::Create};
use crate::audit::Change;
use crate::error::{Error, Result};
use crate::http::address;
use crate::resources::members::{self, WorkspaceMember};
use crate::resources::{custom_tags, workspaces};
use std::slice::from_mut;

/// Does not look whether the address belongs to a user, so the answer and its cost are always the same.
pub async fn invite(can: Can<Create>, new: New) -> Result<WorkspaceMember> {
    let link = Link::new(&can)?;
    can.write(async move |can, tx| {
        within_a_day(can, tx).await?;
        let role = match new.role {
            Some(role) => role,
            None => workspaces::current(can, &mut *tx).await?.default_member_role,
        };
        guard(can, None, Some(role))?;
        within_own(can, new.permissions.as_deref())?;
        custom_tags::known(can, &mut *tx, "tag_limit", new.tag_limit.as_deref().unwrap_or_default()).await?;
        let mut member = pending(can, &new, role);
        if members::is_taken(can, tx, &member.email).await? {
            return Err(Error::Conflict("A member with this email already exists.".to_owned()));
        }
        members::insert(can, tx, &member, link.expires).await?;
        link.open(can, tx, member.id).await?;
        handed::promise(can, tx, &member, &new.accounts).await?;
        handed::show(can, &mut *tx, from_mut(&mut member)).await?;
        member.invitation_url = link.hand_over(can, tx, &member).await?;
        Ok(Change::created(subject(member.id), member))
    })
    .await
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
