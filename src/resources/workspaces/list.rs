//! Reads workspaces.

use super::{Workspace, store};
use crate::access::{Can, workspaces::Read};
use crate::error::Result;
use crate::http::{Page, Paging};

/// A signed-in person sees every workspace that they are a member of. A key sees only its own.
pub async fn list(can: &Can<Read>, paging: &Paging) -> Result<Page<Workspace>> {
    let items = match (can.session(), can.user()) {
        (Some(_), Some(user)) => store::of_user(can, user, paging).await?,
        _ => {
            let workspace = store::current(can, can.reader()).await?;
            vec![workspace].into_iter().filter(|workspace| workspace.id < paging.before()).collect()
        }
    };
    Ok(Page::new(items, paging.limit(), |workspace: &Workspace| workspace.id))
}

pub async fn show(can: &Can<Read>) -> Result<Workspace> {
    store::current(can, can.reader()).await
}
