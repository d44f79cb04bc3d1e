//! Reads the links of a workspace.

use super::{WorkspaceGroupMember, store};
use crate::access::{Can, workspace_group_members::Read};
use crate::error::Result;
use crate::http::{Page, Paging};
use uuid::Uuid;

pub async fn list(can: &Can<Read>, paging: &Paging) -> Result<Page<WorkspaceGroupMember>> {
    let links = store::list(can, paging).await?;
    Ok(Page::new(links, paging.limit(), |link: &WorkspaceGroupMember| link.id))
}

/// The newest links.
pub async fn newest(can: &Can<Read>, limit: i64) -> Result<Vec<WorkspaceGroupMember>> {
    store::list(can, &Paging { limit: Some(limit), starting_after: None }).await
}

pub async fn show(can: &Can<Read>, id: Uuid) -> Result<WorkspaceGroupMember> {
    store::find(can, can.reader(), id).await
}
