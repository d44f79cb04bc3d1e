//! The answer of a sub-workspace to an invitation: it accepts or rejects.

use super::{Status, WorkspaceGroupMember, store, subject};
use crate::access::{Can, Permission, workspace_group_members::*};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};
use uuid::Uuid;

pub async fn accept(can: Can<Accept>, id: Uuid) -> Result<WorkspaceGroupMember> {
    can.write(async move |can, tx| {
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
    })
    .await
}

pub async fn reject(can: Can<Reject>, id: Uuid) -> Result<WorkspaceGroupMember> {
    can.write(async move |can, tx| {
        let before = store::find_as_sub(can, tx, id).await?;
        match before.status {
            Status::Pending => answered(can, tx, before, Status::Rejected).await,
            Status::Rejected => Ok(Change::updated(subject(&before), &before, before.clone())),
            Status::Accepted => {
                Err(Error::Conflict("The invitation was accepted: leave the group instead".to_owned()))
            }
        }
    })
    .await
}

async fn answered<P: Permission>(
    can: &Can<P>,
    tx: &mut Tx,
    before: WorkspaceGroupMember,
    status: Status,
) -> Result<Change<WorkspaceGroupMember>> {
    let after = WorkspaceGroupMember { status, timestamp_updated: can.now(), ..before.clone() };
    store::update(can, tx, &after).await?;
    // Read again, because the two workspaces see more of each other now.
    let after = store::find_as_sub(can, tx, before.id).await?;
    let change = Change::updated(subject(&before), &before, after).also_in(before.admin_workspace_id);
    // The admin workspace does not learn who rejected.
    Ok(if status == Status::Accepted { change } else { change.discreetly() })
}
