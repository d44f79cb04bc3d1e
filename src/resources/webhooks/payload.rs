//! What a delivery says: only what the maker of the webhook sees at that moment.

use super::store::{self, Happened};
use crate::access::{Can, accounts, campaigns, leads, webhooks::Deliver};
use crate::error::{Error, Result};
use crate::resources::events::Kind;
use crate::resources::leads::Lead;
use serde_json::{Map, Value, json};
use uuid::Uuid;

#[derive(Clone, Debug)]
pub struct Payload {
    pub body: Map<String, Value>,
    pub lead_email: Option<String>,
}

/// None if the maker does not see the lead or the account of the event, or it was deleted.
pub async fn payload(maker: &Can<Deliver>, event: &Happened) -> Result<Option<Payload>> {
    let mut body = Map::new();
    let mut lead_email = None;
    if let Some(id) = event.lead {
        let Some(lead) = lead(maker, id).await? else { return Ok(None) };
        lead_email = lead.email.as_ref().map(|email| email.to_lowercase());
        body.extend(lead.payload.clone().unwrap_or_default());
        body.insert("lead_email".to_owned(), json!(lead.email));
    }
    if let Some(id) = event.account {
        let Some(email) = account(maker, id).await? else { return Ok(None) };
        body.insert("email_account".to_owned(), email.into());
    }
    let campaign = match event.campaign {
        Some(id) => campaign(maker, id).await?.map(|name| (id, name)),
        None => None,
    };
    // An event of a campaign without a lead tells about the campaign itself.
    if event.campaign.is_some() && campaign.is_none() && event.lead.is_none() {
        return Ok(None);
    }
    let mut say = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
    say("timestamp", json!(event.at));
    say("event_type", event.name()?.into());
    say("workspace", json!(event.workspace));
    say("campaign_id", json!(campaign.as_ref().map(|(id, _)| id)));
    say("campaign_name", json!(campaign.map(|(_, name)| name)));
    if let Some(step) = event.step {
        say("step", step.into());
        say("is_first", event.first_of_lead.into());
    }
    if let Some(variant) = event.variant {
        say("variant", variant.into());
    }
    Ok(Some(Payload { body, lead_email }))
}

impl Happened {
    /// The name in the payload. The event of a label of the workspace is called by the label's text.
    fn name(&self) -> Result<String> {
        let kind = Kind::parse(&self.kind).ok_or_else(|| Error::internal("an unknown kind of event"))?;
        Ok(match (kind, &self.label) {
            (Kind::EmailLinkClicked, _) => "link_clicked".to_owned(),
            (Kind::CustomLabel, Some(label)) => label.clone(),
            (_, _) => self.kind.clone(),
        })
    }
}

/// If the maker does not see a record, the delivery says nothing about it, whatever the reason is.
fn seen<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Error::Refused { .. } | Error::NotFound | Error::NotInPlan(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn lead(maker: &Can<Deliver>, id: Uuid) -> Result<Option<Lead>> {
    match seen(maker.further::<leads::Read>())? {
        Some(can) => seen(can.find(can.reader(), id).await),
        None => Ok(None),
    }
}

async fn account(maker: &Can<Deliver>, id: Uuid) -> Result<Option<String>> {
    match seen(maker.further::<accounts::Read>())? {
        Some(can) => store::account(&can, id).await,
        None => Ok(None),
    }
}

async fn campaign(maker: &Can<Deliver>, id: Uuid) -> Result<Option<String>> {
    match seen(maker.further::<campaigns::Read>())? {
        Some(can) => store::campaign(&can, id).await,
        None => Ok(None),
    }
}
