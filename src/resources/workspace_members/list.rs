//! Reads members and invitations.

use super::{handed, store};
use crate::access::{Can, workspace_members::Read};
use crate::error::Result;
use crate::http::{Page, Paging, Roll, optional_not_null};
use crate::resources::members::{self, WorkspaceMember};
use crate::time::Time;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::HashMap;
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
    let limit = Paging::from(filter.roll.clone()).limit();
    let found = members(can, filter).await?;
    Ok(Page::new(found, limit, |member: &WorkspaceMember| member.id))
}

/// The members and invitations of a page.
pub async fn members(can: &Can<Read>, filter: Filter) -> Result<Vec<WorkspaceMember>> {
    let paging = Paging::from(filter.roll);
    let mut found = members::list(can, &paging, filter.accepted, filter.search.as_deref()).await?;
    handed::show(can, can.reader(), &mut found).await?;
    Ok(found)
}

/// When the links of the pending invitations expire, by member.
pub async fn expiries(can: &Can<Read>) -> Result<HashMap<Uuid, Time>> {
    Ok(store::expiries(can).await?.into_iter().collect())
}

pub async fn show(can: &Can<Read>, id: Uuid) -> Result<WorkspaceMember> {
    let mut member = members::find(can, can.reader(), id).await?;
    handed::show(can, can.reader(), from_mut(&mut member)).await?;
    Ok(member)
}
