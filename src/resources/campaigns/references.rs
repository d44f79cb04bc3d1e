//! What a campaign names must be there for whoever names it: an owner, collaborators, tags, sending accounts.
//! What is foreign and what is missing are refused alike.

use super::{Campaign, seen::sees_senders};
use crate::access::Caller;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::resources::accounts::{self, Senders};
use crate::resources::{custom_tags, workspace_members::store as members};
use std::collections::BTreeSet;

/// Bytes of settings: a page holds a hundred campaigns.
const LARGEST: usize = 512 * 1024;

/// Of the fields that `changed` names; `there` are the addresses it sends from already.
pub async fn check(
    can: &Caller,
    tx: &mut Tx,
    campaign: &mut Campaign,
    there: &[String],
    changed: impl Fn(&str) -> bool,
) -> Result<()> {
    if serde_json::to_vec(&campaign.settings).map_err(Error::internal)?.len() > LARGEST {
        return Err(Error::invalid("body must have at most 512 KB of sequences and settings"));
    }
    if changed("collaborators") {
        campaign.collaborators.sort_unstable();
        campaign.collaborators.dedup();
        let ids = &campaign.collaborators;
        if members::count_accepted(can, &mut *tx, ids).await? < ids.len() as i64 {
            return Err(Error::invalid("body/collaborators must be accepted members of the workspace"));
        }
    }
    if changed("email_tag_list") {
        custom_tags::store::known(can, tx, "email_tag_list", &campaign.settings.email_tag_list).await?;
    }
    if changed("email_list") {
        let emails = &mut campaign.settings.email_list;
        let mut known = BTreeSet::new();
        *emails = emails.iter().map(|email| accounts::address(email)).collect();
        emails.retain(|email| known.insert(email.clone()));
        let usable = Senders::usable_by(can, tx, campaign.owned_by, emails, there).await?;
        if let Some(address) = emails.iter().find(|email| !usable.contains(*email)) {
            // The list may be the campaign's own, which not every caller sees.
            let which = if sees_senders(can) { address.as_str() } else { "one of them" };
            return Err(Error::invalid(format!(
                "body/email_list must be sending accounts that the campaign's owner may use; `{which}` is not"
            )));
        }
    }
    Ok(())
}
