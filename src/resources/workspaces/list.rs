//! Reads workspaces.

use super::{Workspace, store};
use crate::access::{Can, Role, workspaces::Read};
use crate::error::Result;
use crate::http::{Page, Paging};
use std::collections::HashMap;
use uuid::Uuid;

/// A signed-in person sees every workspace that they are a member of. A key sees only its own.
pub async fn list(can: &Can<Read>, paging: &Paging) -> Result<Page<Workspace>> {
    let items = all(can, paging).await?;
    Ok(Page::new(items, paging.limit(), |workspace: &Workspace| workspace.id))
}

/// The workspaces of a page.
pub async fn all(can: &Can<Read>, paging: &Paging) -> Result<Vec<Workspace>> {
    Ok(match (can.session(), can.user()) {
        (Some(_), Some(user)) => store::of_user(can, user, paging).await?,
        _ => {
            let workspace = store::current(can, can.reader()).await?;
            vec![workspace].into_iter().filter(|workspace| workspace.id < paging.before()).collect()
        }
    })
}

/// The roles of a signed-in person, by workspace.
pub async fn roles(can: &Can<Read>) -> Result<HashMap<Uuid, Role>> {
    let Some(user) = can.user() else { return Ok(HashMap::new()) };
    let found = store::roles_of_user(can, user).await?;
    Ok(found.into_iter().filter_map(|(id, role)| Some((id, Role::parse(&role)?))).collect())
}

pub async fn show(can: &Can<Read>) -> Result<Workspace> {
    store::current(can, can.reader()).await
}
