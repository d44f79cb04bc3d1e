//! A campaign as a caller sees it. A campaign itself is not `Serialize`, so no operation can answer with one.

use super::Campaign;
use crate::access::{Caller, Permission, Reach, accounts, partial};

partial!(Campaign, shown);

/// Hides the addresses from callers who see no sending account at all, and the tags outside a tag limit.
fn shown(mut campaign: Campaign, caller: &Caller) -> Campaign {
    if !sees_senders(caller) {
        campaign.settings.email_list.clear();
        campaign.accounts_not_connected.clear();
    }
    let within = |tag: &uuid::Uuid| caller.tag_limits().iter().all(|limit| limit.contains(tag));
    campaign.settings.email_tag_list.retain(within);
    campaign
}

/// Whether the caller may know from which addresses a campaign sends.
pub fn sees_senders(caller: &Caller) -> bool {
    caller.reach(accounts::Read::ACTION) != Reach::None
}
