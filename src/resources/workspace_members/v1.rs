//! The older calls: `team/invite` and `team/members`, under the same decision as the newer ones.

use super::{New, WorkspaceMember, routes, store};
use crate::access::{Can, Role, workspace_members::*};
use crate::error::Result;
use crate::http::{Json, Nothing, Paging, absent_not_null};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Invitation {
    #[schemars(email, length(max = 254))]
    email: String,
    /// The workspace's `default_member_role`, unless given.
    #[schemars(transform = absent_not_null)]
    role: Option<Role>,
}

#[derive(Serialize, JsonSchema)]
pub struct TeamMember {
    id: Uuid,
    email: String,
    role: Role,
    status: Status,
    /// Where no mail could be sent: the link to hand over.
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

pub async fn invite(can: Can<Create>, Json(wanted): Json<Invitation>) -> Result<Json<TeamMember>> {
    let member = routes::invite(can, New::of(wanted.email, wanted.role)).await?;
    Ok(Json(member.into()))
}

/// A bare array of them all.
pub async fn members(can: Can<Read>, _: Nothing) -> Result<Json<Vec<TeamMember>>> {
    let (mut all, mut paging) = (Vec::new(), Paging { limit: Some(1000), starting_after: None });
    loop {
        let page = store::list(&can, &paging, None, None).await?;
        paging.starting_after = page.last().map(|member| member.id);
        let full = page.len() == 1000;
        all.extend(page.into_iter().map(TeamMember::from));
        if !full {
            return Ok(Json(all));
        }
    }
}
