//! Copies a campaign of the workspace.

use super::create::insert;
use super::{Campaign, DRAFT, store, subject};
use crate::access::{Caller, Can, Seen, campaigns::Create};
use crate::audit::Change;
use crate::error::Result;
use crate::resources::accounts::Senders;
use uuid::Uuid;

/// The copy belongs to the caller. Of the original's sending accounts it has those that the caller can use. The default name is
/// the original's with ` (copy)` added.
pub async fn duplicate(can: Can<Create>, id: Uuid, name: Option<String>) -> Result<Seen<Campaign>> {
    can.write(async move |can, tx| {
        let original = store::seen(can, tx, id).await?;
        let mut copy = copied(can, &original);
        copy.name = name.clone().unwrap_or_else(|| format!("{} (copy)", original.name));
        copy.visibility = original.visibility;
        copy.settings = original.settings.clone();
        let usable = Senders::usable_by(can, &mut *tx, copy.owned_by, &copy.settings.email_list, &[]).await?;
        copy.settings.email_list.retain(|email| usable.contains(email));
        insert(can, tx, &copy).await?;
        Ok(Change::created(subject(&copy), copy))
    })
    .await
}

/// A draft of the caller's with the schedule and the settings of another campaign. Leads, tags, collaborators and what
/// was sent are not copied.
pub(super) fn copied(can: &Caller, original: &Campaign) -> Campaign {
    Campaign {
        id: can.new_id(),
        status: DRAFT,
        timestamp_created: can.now(),
        timestamp_updated: can.now(),
        organization: Some(can.workspace()),
        owned_by: can.user(),
        ai_sdr_id: None,
        not_sending_status: None,
        core_variables: None,
        custom_variables: None,
        collaborators: vec![],
        accounts_not_connected: vec![],
        ..original.clone()
    }
}
