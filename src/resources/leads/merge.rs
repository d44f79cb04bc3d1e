//! Merges a lead into another one. The other lead keeps what it has and gains what it lacks; the first one is deleted.

use super::rules::bounded;
use super::{BOUNCED, Lead, UNSUBSCRIBED, store, subject};
use crate::access::{Can, Permission, Step, leads::Create, leads::Merge};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::resources::campaigns;
use crate::resources::lead_containers::Container;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
pub struct MergeLeads {
    /// The lead that is merged and then deleted.
    lead_id: Uuid,
    /// The lead that stays.
    destination_lead_id: Uuid,
}

pub async fn merge(can: Can<Merge>, wanted: MergeLeads) -> Result<Lead> {
    if wanted.lead_id == wanted.destination_lead_id {
        return Err(Error::invalid("body/destination_lead_id must be another lead than `lead_id`"));
    }
    can.write(async move |can, tx| {
        can.also::<Create>()?;
        let source = found(can, tx, wanted.lead_id).await?;
        let before = found(can, tx, wanted.destination_lead_id).await?;
        let place = Container::at_most_one("campaign", before.campaign, before.list_id)?;
        if let Some(place) = place {
            admit(can, tx, place).await?;
        }
        let mut after = merged(&source, before.clone());
        after.timestamp_updated = can.now();
        let after = bounded(after.derived(), "body")?;
        can.delete::<Lead>(&mut *tx, source.id).await?;
        if let (None, Some(email), Some(place)) = (&before.email, &after.email, place)
            && !store::taken(can, tx, place, std::slice::from_ref(email)).await?.is_empty()
        {
            return Err(Error::Conflict(
                "A third lead of this campaign or list has the same email.".to_owned(),
            ));
        }
        store::absorb(can, tx, &after).await?;
        can.update(tx, &after).await?;
        if let Some(campaign) = after.campaign {
            campaigns::name_variables(can, tx, campaign, source.custom_variables.keys()).await?;
        }
        let (campaign, list) = (after.campaign, after.list_id);
        let facts = json!({ "merged": source });
        Ok(Change::updated(subject(&before), &before, after).with(facts).inside(campaign, list))
    })
    .await
}

async fn found(can: &Can<Merge>, tx: &mut Tx, id: Uuid) -> Result<Lead> {
    can.is_about("lead", id);
    can.find(&mut *tx, id).await
}

/// The caller must also be allowed to put leads into the place of the lead that stays.
async fn admit(can: &Can<Merge>, tx: &mut Tx, place: Container) -> Result<()> {
    match store::container::<Create>(can, tx, place).await? {
        Some((_, true)) => Ok(()),
        Some((_, false)) | None => Err(Error::refused(
            Step::Reach,
            format!(
                "reach: `{}` does not reach the campaign or list of the destination lead",
                Create::ACTION.name
            ),
        )),
    }
}

/// A person who unsubscribed and an address that bounced must not get mail, so these states win.
fn merged(source: &Lead, mut into: Lead) -> Lead {
    let same_address = into.email.is_none() || into.email == source.email;
    if source.status == UNSUBSCRIBED
        || source.status == BOUNCED && same_address && into.status != UNSUBSCRIBED
    {
        into.status = source.status;
    }
    into.engagement = into.engagement.with(&source.engagement, same_address);
    if into.lt_interest_status.is_none() && source.lt_interest_status.is_some() {
        into.lt_interest_status = source.lt_interest_status;
        into.engagement.timestamp_last_interest_change = source.engagement.timestamp_last_interest_change;
    }
    into.email = into.email.or_else(|| source.email.clone());
    into.person = into.person.or(&source.person);
    into.pl_value_lead = into.pl_value_lead.or_else(|| source.pl_value_lead.clone());
    for (name, value) in &source.custom_variables {
        if into.custom_variables.get(name).is_none_or(serde_json::Value::is_null) {
            into.custom_variables.insert(name.clone(), value.clone());
        }
    }
    into
}
