//! Sends an invitation again, with a new link.

use super::guard::within_own;
use super::invitation::{Link, prolong, within_a_day};
use super::{handed, subject};
use crate::access::{Can, workspace_members::Resend};
use crate::audit::Change;
use crate::error::Result;
use crate::resources::members::{self, WorkspaceMember};
use crate::resources::roles;
use std::slice::from_mut;
use uuid::Uuid;

/// A member who has accepted stays unchanged.
pub async fn resend(can: Can<Resend>, id: Uuid) -> Result<WorkspaceMember> {
    let link = Link::new(&can)?;
    can.write(async move |can, tx| {
        let mut member = members::find(can, &mut *tx, id).await?;
        handed::show(can, &mut *tx, from_mut(&mut member)).await?;
        let before = member.clone();
        if member.accepted {
            return Ok(Change::updated(subject(id), &before, member).affecting(0));
        }
        within_a_day(can, tx).await?;
        let role = member.effective_role();
        roles::guard(can, Some(&role), Some(&role))?;
        within_own(can, member.permissions.as_deref())?;
        prolong(can, tx, &member, &link).await?;
        member.invitation_url = link.hand_over(can, tx, &member).await?;
        Ok(Change::updated(subject(id), &before, member))
    })
    .await
}
