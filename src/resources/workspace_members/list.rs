//! Reads members and invitations.

use super::handed;
use crate::access::{Can, workspace_members::Read};
use crate::error::Result;
use crate::http::{Page, Paging, Roll, optional_not_null};
use crate::resources::members::{self, WorkspaceMember};
use schemars::JsonSchema;
use serde::Deserialize;
use std::slice::from_mut;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Filter {
    #[serde(flatten)]
    pub roll: Roll,
    /// Only members (true) or only pending invitations (false).
    pub accepted: Option<bool>,
    /// Only members whose name or address contains this.
    #[schemars(length(max = 200))]
    pub search: Option<String>,
}

pub async fn list(can: &Can<Read>, filter: Filter) -> Result<Page<WorkspaceMember>> {
    let paging = Paging::from(filter.roll);
    let mut found = members::list(can, &paging, filter.accepted, filter.search.as_deref()).await?;
    handed::show(can, can.reader(), &mut found).await?;
    Ok(Page::new(found, paging.limit(), |member: &WorkspaceMember| member.id))
}

pub async fn show(can: &Can<Read>, id: Uuid) -> Result<WorkspaceMember> {
    let mut member = members::find(can, can.reader(), id).await?;
    handed::show(can, can.reader(), from_mut(&mut member)).await?;
    Ok(member)
}
