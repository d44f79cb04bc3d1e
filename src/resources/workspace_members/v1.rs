//! The calls of version 1, `team/invite` and `team/members`. They decide like the calls of version 2.

use super::New;
use crate::access::{Can, Role, workspace_members::*};
use crate::error::Result;
use crate::http::{Paging, absent_not_null};
use crate::resources::members::{self, WorkspaceMember};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Invitation {
    #[schemars(email, length(max = 254))]
    email: String,
    /// Without it, the workspace's `default_member_role`.
    #[schemars(transform = absent_not_null)]
    role: Option<Role>,
}

#[derive(Serialize, JsonSchema)]
pub struct TeamMember {
    id: Uuid,
    email: String,
    role: Role,
    status: Status,
    /// The link to hand over, if the invitation could not be mailed.
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation_url: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
enum Status {
    Active,
    Pending,
}

impl From<WorkspaceMember> for TeamMember {
    fn from(member: WorkspaceMember) -> Self {
        let status = if member.accepted { Status::Active } else { Status::Pending };
        let WorkspaceMember { id, email, role, invitation_url, .. } = member;
        TeamMember { id, email, role, status, invitation_url }
    }
}

pub async fn invite(can: Can<Create>, wanted: Invitation) -> Result<TeamMember> {
    super::invite(can, New::of(wanted.email, wanted.role)).await.map(TeamMember::from)
}

/// All members at once, not in pages.
pub async fn members(can: &Can<Read>) -> Result<Vec<TeamMember>> {
    let (mut all, mut paging) = (Vec::new(), Paging { limit: Some(1000), starting_after: None });
    loop {
        let page = members::list(can, &paging, None, None).await?;
        paging.starting_after = page.last().map(|member| member.id);
        let full = page.len() == 1000;
        all.extend(page.into_iter().map(TeamMember::from));
        if !full {
            return Ok(all);
        }
    }
}
