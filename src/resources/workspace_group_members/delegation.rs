//! What a sub-workspace allows its admin workspace.

use super::{Admin, WorkspaceGroupMember, store, subject};
use crate::access::{ACTIONS, Can, Delegation, Mark, Permission, campaigns, workspace_group_members::*};
use crate::audit::Change;
use crate::error::{Error, Result};
use crate::http::{filled, hint, patch};
use crate::resources::campaigns as shared;
use serde_json::json;

patch! {
    /// The fields to change; those that are left out stay.
    pub struct Patch of Delegation {
        paused: bool,
        read_only: bool,
        no_exports: bool,
        /// The resources of the access matrix that it may use, such as `campaigns`; null for all.
        #[schemars(length(max = 100))]
        resources: Option<Vec<String>>,
    }
}

impl Patch {
    /// Pauses what the admin workspace can do, or ends the pause.
    pub fn pausing(paused: bool) -> Result<Patch> {
        filled(json!({ "paused": paused }))
    }
}

/// The resources among which a delegation can choose.
pub fn resources() -> Vec<&'static str> {
    let mut all: Vec<&str> = vec![];
    for action in ACTIONS.iter().filter(|action| !action.is(Mark::Personal) && !action.is(Mark::Always)) {
        if !all.contains(&action.resource) {
            all.push(action.resource);
        }
    }
    all
}

pub async fn admin(can: &Can<ReadAdmin>) -> Result<Admin> {
    let link = store::own(can, can.reader()).await?;
    let group = can.group().cloned().filter(|_| link.is_some());
    let invitation = store::invitation(can, can.reader()).await?;
    let name = link.as_ref().and_then(|link| link.admin_workspace_name.clone());
    Ok(Admin {
        workspace_name: name.unwrap_or_else(|| "Undefined".to_owned()),
        has_admin_workspace: link.is_some(),
        workspace_group_member_id: link.as_ref().map(|link| link.id),
        delegation: link.map(|link| link.delegation),
        guard_rails: group.map(|group| group.rails),
        invitation,
    })
}

pub async fn delegate(can: Can<Delegate>, patch: Patch) -> Result<Delegation> {
    can.write(async move |can, tx| {
        let before = store::own(can, &mut *tx).await?.ok_or_else(none)?;
        let delegation = patch.over(&before.delegation);
        known(&delegation)?;
        let after = WorkspaceGroupMember { delegation, timestamp_updated: can.now(), ..before.clone() };
        store::update(can, tx, &after).await?;
        if after.delegation.refuses(campaigns::Share::ACTION).is_some() {
            shared::unshare(can, tx, before.id).await?;
        }
        let change =
            Change::new(subject(&before), &before.delegation, &after.delegation, after.delegation.clone());
        Ok(change.also_in(before.admin_workspace_id))
    })
    .await
}

fn none() -> Error {
    Error::Conflict("This workspace has no admin workspace".to_owned())
}

fn known(delegation: &Delegation) -> Result<()> {
    let is_known = |name: &&String| ACTIONS.iter().any(|action| action.resource == name.as_str());
    match delegation.resources.iter().flatten().find(|name| !is_known(name)) {
        Some(wrong) => {
            let hint = hint(wrong, ACTIONS.iter().map(|action| action.resource));
            Err(Error::invalid(format!(
                "body/resources must be resources of the access matrix, such as `campaigns`{hint}"
            )))
        }
        None => Ok(()),
    }
}
