use super::guard::{guard, may_define};
use super::{Replacing, WorkspaceRole, named, store};
use crate::access::{
    Can, EffectiveRole, Permission, Role, accounts::Use, roles::Delete, workspace_members::ChangeRole,
};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::resources::accounts::{self, LeftBehind};
use crate::resources::api_keys::KeysMade;
use serde_json::json;
use uuid::Uuid;

/// Deletes a role. Members with the role get another one, which the caller names.
pub async fn delete(can: Can<Delete>, id: Uuid, replacing: Replacing) -> Result<WorkspaceRole> {
    can.write(async move |can, tx| delete_part(can, tx, id, &replacing).await).await
}

/// The change in a transaction that the caller has begun.
pub async fn delete_part(
    can: &Can<Delete>,
    tx: &mut Tx,
    id: Uuid,
    replacing: &Replacing,
) -> Result<Change<WorkspaceRole>> {
    let mut role: WorkspaceRole = can.find(&mut *tx, id).await?;
    let was = role.effective();
    may_define(can, Some(&was), None)?;
    let instead = match &replacing.instead {
        Some(instead) => Some(replacement(can, tx, &role, instead).await?),
        None => None,
    };
    let (mut keys, mut left, moved) = (None, LeftBehind::default(), role.members);
    match instead {
        _ if moved == 0 => (),
        None => return Err(Error::Conflict(in_use(moved))),
        Some((base, custom, is)) => {
            can.also::<ChangeRole>()?;
            guard(can, Some(&was), Some(&is))?;
            if !is.covers(&was) {
                keys = Some(KeysMade::by(can, tx, id, replacing.revoke_keys).await?);
            }
            let users = store::users(can, tx, id).await?;
            store::replace(can, tx, id, base, custom).await?;
            if was.reach(Use::ACTION) != is.reach(Use::ACTION) {
                for user in users {
                    left.taken_off_campaigns.extend(accounts::settle(can, tx, user).await?);
                }
            }
        }
    }
    can.delete::<WorkspaceRole>(tx, id).await?;
    role.keys_made = keys.as_ref().and_then(|keys| keys.shown(can));
    let given = json!({ "members_given_another_role": moved, "instead": replacing.instead });
    let change = Change::deleted(role.subject(), role).with(left).with(given);
    Ok(match keys {
        Some(keys) => keys.recorded(can, change),
        None => change,
    })
}

fn in_use(members: i64) -> String {
    let have = if members == 1 {
        "1 member or invitation has".to_owned()
    } else {
        format!("{members} members and invitations have")
    };
    format!("{have} this role. Give them another role first, or name one with `instead`.")
}

async fn replacement(
    can: &Can<Delete>,
    tx: &mut Tx,
    role: &WorkspaceRole,
    instead: &str,
) -> Result<(Role, Option<Uuid>, EffectiveRole)> {
    if let Some(base) = Role::parse(instead) {
        return Ok((base, None, base.into()));
    }
    let other = named(can, tx, "querystring/instead", instead).await?;
    match other.id == role.id {
        true => Err(Error::invalid("querystring/instead must be another role")),
        false => Ok((other.base, Some(other.id), other.effective())),
    }
}
