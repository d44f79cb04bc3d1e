//! A campaign as a caller sees it. A campaign itself is not `Serialize`, so no operation can answer with one.

use super::Campaign;
use crate::access::{Caller, Permission, Reach, accounts, partial};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

/// A whole campaign, over which a PATCH lays its fields.
pub struct Whole(pub Campaign);

impl Serialize for Whole {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        Campaign::serialize(&self.0, out)
    }
}

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Campaign::deserialize(from).map(Whole)
    }
}
