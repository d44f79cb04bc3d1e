//! Ends a link: the admin workspace removes the sub-workspace, or the sub-workspace leaves.

use super::{WorkspaceGroupMember, store, subject};
use crate::access::{Caller, Can, Permission, workspace_group_members::*};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::Result;
use crate::resources::{api_keys, campaigns, members, workspace_members};
use serde_json::json;
use uuid::Uuid;

/// The activity type of the official API's one operation when the sub-workspace leaves.
const LEFT: Option<i64> = <Leave as Permission>::ACTION.activity;

/// Members and keys that were made through the link are removed with it.
pub async fn end(can: Can<Delete>, id: Uuid) -> Result<WorkspaceGroupMember> {
    can.write(async move |can, tx| {
        let link = store::find(can, &mut *tx, id).await?;
        let leaves = link.sub_workspace_id == can.workspace();
        if leaves {
            can.also::<Leave>()?;
        }
        store::delete(can, tx, &link).await?;
        let (members, keys) = undo(&can.beside(link.sub_workspace_id), tx, link.id).await?;
        let other = if leaves { link.admin_workspace_id } else { link.sub_workspace_id };
        let facts = json!({ "members_removed": members, "keys_revoked": keys });
        let change = Change::deleted(subject(&link), link.clone()).with(facts).also_in(other);
        Ok(match LEFT {
            Some(left) if leaves => change.numbered(left),
            Some(_) | None => change,
        })
    })
    .await
}

/// Removes the members and revokes the keys that were made through the link; how many those are.
async fn undo(there: &Caller, tx: &mut Tx, link: Uuid) -> Result<(usize, u64)> {
    campaigns::unshare(there, tx, link).await?;
    let keys = api_keys::revoke_made_through(there, tx, link).await?;
    let members = members::made_through(there, tx, link).await?;
    for member in &members {
        workspace_members::remove_member(there, tx, member).await?;
    }
    Ok((members.len(), keys))
}
