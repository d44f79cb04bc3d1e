//! What becomes of an invitation, and of a link: accepted, rejected, ended from either side.

use super::{Status, WorkspaceGroupMember, store};
use crate::access::{Caller, Can, Permission, workspace_group_members::*};
use crate::audit::{Change, Subject};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::resources::{api_keys, campaigns, workspace_members};
use serde_json::json;
use uuid::Uuid;

/// Of the reference's one operation, when it is the sub-workspace that goes.
const LEFT: Option<i64> = <Leave as Permission>::ACTION.activity;

fn subject(link: &WorkspaceGroupMember) -> Subject {
    Subject::new("workspace_group_member", link.id)
}

pub async fn accept(can: Can<Accept>, id: Uuid) -> Result<WorkspaceGroupMember> {
    let accepted = can.write(async move |can, tx| {
        let before = store::find_as_sub(can, tx, id).await?;
        if before.status == Status::Rejected {
            return Err(Error::Conflict("The invitation was rejected: it can be sent again".to_owned()));
        }
        if before.status == Status::Accepted {
            return Ok(Change::updated(subject(&before), &before, before.clone()));
        }
        let (own, theirs) = (
            store::standing(can, tx, can.workspace()).await?,
            store::standing(can, tx, before.admin_workspace_id).await?,
        );
        if own.is_none_or(|own| own.is_admin) {
            let why = "This workspace has sub workspaces of its own: it removes them first";
            return Err(Error::Conflict(why.to_owned()));
        }
        if theirs.is_none_or(|theirs| theirs.is_sub) {
            return Err(Error::Conflict("The workspace that invites cannot have sub workspaces".to_owned()));
        }
        answered(can, tx, before, Status::Accepted).await
    });
    accepted.await
}

pub async fn reject(can: Can<Reject>, id: Uuid) -> Result<WorkspaceGroupMember> {
    let rejected = can.write(async move |can, tx| {
        let before = store::find_as_sub(can, tx, id).await?;
        match before.status {
            Status::Pending => answered(can, tx, before, Status::Rejected).await,
            Status::Rejected => Ok(Change::updated(subject(&before), &before, before.clone())),
            Status::Accepted => {
                Err(Error::Conflict("The invitation was accepted: leave the group instead".to_owned()))
            }
        }
    });
    rejected.await
}

async fn answered<P: Permission>(
    can: &Can<P>,
    tx: &mut Tx,
    before: WorkspaceGroupMember,
    status: Status,
) -> Result<Change<WorkspaceGroupMember>> {
    let after = WorkspaceGroupMember { status, timestamp_updated: can.now(), ..before.clone() };
    store::update(can, tx, &after).await?;
    // With what the two know of each other now.
    let after = store::find_as_sub(can, tx, before.id).await?;
    let change = Change::updated(subject(&before), &before, after).also_in(before.admin_workspace_id);
    // Who has rejected stays as unknown as he was.
    Ok(if status == Status::Accepted { change } else { change.discreetly() })
}

/// The admin workspace removes, the sub-workspace leaves; at once, and with the link goes what was made through it.
pub async fn end(can: Can<Delete>, id: Uuid) -> Result<WorkspaceGroupMember> {
    let ended = can.write(async move |can, tx| {
        let link = store::find(can, &mut *tx, id).await?;
        let leaves = link.sub_workspace_id == can.workspace();
        if leaves {
            can.also::<Leave>()?;
        }
        store::delete(tx, &link).await?;
        let (members, keys) = undo(&can.beside(link.sub_workspace_id), tx, link.id).await?;
        let other = if leaves { link.admin_workspace_id } else { link.sub_workspace_id };
        let facts = json!({ "members_removed": members, "keys_revoked": keys });
        let change = Change::deleted(subject(&link), link.clone()).with(facts).also_in(other);
        Ok(match LEFT {
            Some(left) if leaves => change.numbered(left),
            Some(_) | None => change,
        })
    });
    ended.await
}

/// Members and keys that were made through the link.
async fn undo(there: &Caller, tx: &mut Tx, link: Uuid) -> Result<(usize, u64)> {
    campaigns::unshare(there, tx, link).await?;
    let keys = api_keys::store::revoke_made_through(there, tx, link).await?;
    let members = workspace_members::store::made_through(there, tx, link).await?;
    for member in &members {
        workspace_members::store::delete(there, tx, member).await?;
    }
    Ok((members.len(), keys))
}
