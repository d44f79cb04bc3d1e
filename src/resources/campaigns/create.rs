//! Creates a campaign: a draft that belongs to the caller.

use super::references::{self, Changed};
use super::{Campaign, DRAFT, New, Visibility, copy, store, subject};
use crate::access::{Caller, Can, Permission, Seen, campaigns::Create};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::Result;
use crate::resources::members::{Whose, owner};
use crate::resources::{custom_tags, workspaces};

pub async fn create(can: Can<Create>, new: New) -> Result<Seen<Campaign>> {
    copy::check(&new.settings.sequences.read()?)?;
    can.write(async move |can, tx| {
        let visibility = match new.visibility {
            Some(visibility) => visibility,
            None => workspaces::current(can, &mut *tx).await?.default_campaign_visibility,
        };
        let mut campaign = draft(can, &new, visibility);
        if let Some(wanted) = new.owned_by {
            campaign.owned_by = owner::<Create>(can, tx, wanted, Whose::New("campaign")).await?;
        }
        campaign.collaborators = references::collaborators(can, tx, &new.collaborators).await?;
        references::check(can, tx, &mut campaign, &[], Changed { tags: true, senders: true }).await?;
        insert(can, tx, &campaign).await?;
        Ok(Change::created(subject(&campaign), campaign))
    })
    .await
}

fn draft(can: &Caller, new: &New, visibility: Visibility) -> Campaign {
    Campaign {
        id: can.id_of_new(),
        name: new.name.clone(),
        status: DRAFT,
        campaign_schedule: new.campaign_schedule.clone(),
        timestamp_created: can.now(),
        timestamp_updated: can.now(),
        organization: Some(can.workspace()),
        owned_by: can.user(),
        ai_sdr_id: new.ai_sdr_id,
        not_sending_status: None,
        core_variables: None,
        custom_variables: None,
        visibility,
        collaborators: vec![],
        accounts_not_connected: vec![],
        settings: new.settings.clone(),
    }
}

/// Stores a new campaign. A caller with a tag limit puts the tags of the limit on it.
pub(super) async fn insert(can: &Caller, tx: &mut Tx, campaign: &Campaign) -> Result<()> {
    store::insert(can, tx, campaign).await?;
    let tags = custom_tags::of_limit(can, tx, Create::ACTION.name).await?;
    custom_tags::map(can, tx, &tags, (custom_tags::CAMPAIGN, &[campaign.id])).await
}
