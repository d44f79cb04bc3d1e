//! Checks what a campaign refers to: owner, collaborators, tags, sending accounts. The caller must see them. The refusal is
//! the same for a foreign record and a missing one.

use super::Campaign;
use crate::access::{Caller, Permission, Reach, campaigns::Update};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::resources::accounts::{self, Senders};
use crate::resources::{custom_tags, members};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Bytes of settings. A page holds a hundred campaigns.
const LARGEST: usize = 512 * 1024;

/// The members that a body names as collaborators.
pub async fn collaborators(can: &Caller, tx: &mut Tx, wanted: &[String]) -> Result<Vec<Uuid>> {
    let mut found = BTreeSet::new();
    for who in wanted {
        let unknown = || Error::invalid("body/collaborators must be accepted members of the workspace");
        found.insert(members::accepted(can, &mut *tx, who).await?.ok_or_else(unknown)?.member);
    }
    Ok(found.into_iter().collect())
}

/// Whether the caller can name the owner of a campaign, as `members::owner` decides it.
pub fn chooses_owner(can: &Caller) -> bool {
    can.reach(Update::ACTION) == Reach::All
}

/// What of a campaign has to be checked.
pub struct Changed {
    pub tags: bool,
    pub senders: bool,
}

/// Checks the settings, and the references that changed. `present` are the addresses that the campaign already sends from.
pub async fn check(
    can: &Caller,
    tx: &mut Tx,
    campaign: &mut Campaign,
    present: &[String],
    changed: Changed,
) -> Result<()> {
    if serde_json::to_vec(&campaign.settings).map_err(Error::internal)?.len() > LARGEST {
        return Err(Error::invalid("body must have at most 512 KB of sequences and settings"));
    }
    for list in [&mut campaign.settings.cc_list, &mut campaign.settings.bcc_list] {
        list.iter_mut().for_each(|email| *email = accounts::address(email));
    }
    if changed.tags {
        custom_tags::known(can, &mut *tx, "email_tag_list", &campaign.settings.email_tag_list).await?;
    }
    if changed.senders {
        let emails = &mut campaign.settings.email_list;
        let mut known = BTreeSet::new();
        *emails = emails.iter().map(|email| accounts::address(email)).collect();
        emails.retain(|email| known.insert(email.clone()));
        let usable = Senders::usable_by(can, tx, campaign.owned_by, emails, present).await?;
        if let Some(index) = emails.iter().position(|email| !usable.contains(email)) {
            return Err(Error::invalid(format!(
                "body/email_list/{index} must be a sending account that the campaign's owner can use"
            )));
        }
    }
    Ok(())
}
