//! What the removal of a member will do, counted by the caller's own rights, so that a page can say it first.

use super::store;
use crate::access::{Can, Permission, accounts as sending, api_keys as keys, campaigns};
use crate::error::Result;
use crate::resources::api_keys;
use crate::resources::members::{self, KeyMade, WorkspaceMember};
use uuid::Uuid;

/// The counts are of what the caller sees. `None` is for what they cannot see at all.
pub struct Foreseen {
    pub member: WorkspaceMember,
    /// Workspace keys that the member has made. They keep working unless they are revoked too.
    pub keys: Option<Vec<KeyMade>>,
    /// Sending accounts that become unassigned.
    pub accounts: Option<i64>,
    /// Campaigns that lose their owner, and the private ones among them.
    pub campaigns: Option<(i64, i64)>,
}

pub async fn foresee<P: Permission>(can: &Can<P>, id: Uuid) -> Result<Foreseen> {
    let member = members::find(can, can.reader(), id).await?;
    let keys = match can.may(keys::Read::ACTION) {
        true => Some(api_keys::keys_made(can, can.reader(), id).await?),
        false => None,
    };
    let accounts = match can.may(sending::Read::ACTION) {
        true => Some(store::leaving::count_accounts(can, can.reader(), id).await?),
        false => None,
    };
    let campaigns = match can.may(campaigns::Read::ACTION) {
        true => Some(store::campaigns_of(can, member.user_id).await?),
        false => None,
    };
    Ok(Foreseen { member, keys, accounts, campaigns })
}
