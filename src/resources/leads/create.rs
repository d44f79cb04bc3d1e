//! Creates one lead.

use super::rules::{Duplicates, Skip, blocked, bounded, given_address, is_complete, lead, possible};
use super::verify::{WAITING, can_verify, queue};
use super::{Destination, Given, Lead, store, store::Known, subject};
use crate::access::{Can, Permission, leads::Create, leads::Read};
use crate::audit::Change;
use crate::error::{Error, Result};
use crate::http::{absent_not_null, is_email, lenient};
use crate::resources::lead_containers::Container;
use crate::resources::{campaigns, lead_labels};
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, transform = lenient)]
pub struct New {
    /// Without `campaign` and `list_id` the lead belongs to its assignee. Only a lead of a list may lack an address.
    #[serde(default)]
    campaign: Option<Uuid>,
    #[serde(default)]
    list_id: Option<Uuid>,
    #[serde(flatten)]
    given: Given,
    #[serde(flatten)]
    skip: Skip,
    /// The id of the workspace, which has one block list. That list is used without it too.
    #[schemars(transform = absent_not_null)]
    blocklist_id: Option<Uuid>,
    #[schemars(transform = absent_not_null)]
    verify_leads_for_lead_finder: Option<bool>,
    /// Verifies the address in a background job. The lead has the `verification_status` 12 until then.
    #[schemars(transform = absent_not_null)]
    verify_leads_on_import: Option<bool>,
}

pub async fn create(can: Can<Create>, new: New) -> Result<Lead> {
    let container = Container::at_most_one("campaign", new.campaign, new.list_id)?;
    possible(&can, new.blocklist_id)?;
    if new.verify_leads_for_lead_finder == Some(true) {
        let why = "body/verify_leads_for_lead_finder must be false: this server has no lead finder";
        return Err(Error::invalid(why));
    }
    let verify = new.verify_leads_on_import == Some(true);
    let given = Given { email: given_address(new.given.email.as_ref()), ..new.given };
    check(&given, new.list_id)?;
    can.write(async move |can, tx| {
        let destination = match container {
            Some(container) => Destination::open(can, tx, container, container.field("campaign")).await?,
            None => Destination::none(can)?,
        };
        let assigned_to = destination.assign(can, tx, "assigned_to", given.assigned_to.as_deref()).await?;
        lead_labels::check_number(can, tx, "lt_interest_status", given.lt_interest_status).await?;
        let emails: Vec<String> = given.email.iter().cloned().collect();
        if !blocked(can, tx, &emails).await?.is_empty() {
            return Err(Error::Conflict("This address or its domain is on the block list.".to_owned()));
        }
        let duplicates = Duplicates::of(new.skip, can, tx).await?;
        let mut known = store::known(can, tx, &emails).await?;
        known.sort_by_key(|(_, visible)| !visible);
        for (known, visible) in known {
            refuse_known(can, (&known, visible), &destination, duplicates)?;
        }
        let lead = Lead { id: can.id_of_new(), ..lead(can, &given, &destination, assigned_to) };
        let mut lead = bounded(lead, "body")?;
        can.insert(tx, &lead).await?;
        if verify {
            can_verify(can, tx).await?;
            queue(can, tx, std::slice::from_ref(&lead)).await?;
            lead.engagement.verification_status = lead.email.as_ref().map(|_| WAITING);
        }
        if let Some(campaign) = lead.campaign {
            campaigns::name_variables(can, tx, campaign, lead.custom_variables.keys()).await?;
        }
        let (campaign, list) = (lead.campaign, lead.list_id);
        Ok(Change::created(subject(&lead), lead).inside(campaign, list))
    })
    .await
}

fn check(given: &Given, list: Option<Uuid>) -> Result<()> {
    if given.email.as_ref().is_some_and(|email| !is_email(email)) {
        return Err(Error::invalid("body/email must match format \"email\""));
    }
    match (is_complete(given, list), list) {
        (true, _) => Ok(()),
        (false, None) => Err(Error::invalid("body must have required property 'email'")),
        (false, Some(_)) => {
            Err(Error::invalid("body must have one of the properties 'email', 'first_name' and 'last_name'"))
        }
    }
}

/// Refuses an address that is already there. A lead without a campaign and a list counts only for callers who see it.
fn refuse_known(
    can: &Can<Create>,
    (known, visible): (&Known, bool),
    destination: &Destination,
    duplicates: Duplicates,
) -> Result<()> {
    let here = known.place() == (destination.campaign(), destination.list());
    let what = match destination.container {
        Some(Container::Campaign(_)) if here => "already in this campaign",
        Some(Container::List(_)) if here => "already in this list",
        None if here && visible => "already in the workspace",
        Some(_) | None if duplicates.skip(known, visible) => "already in the workspace",
        Some(_) | None => return Ok(()),
    };
    let next = match visible && can.may(Read::ACTION) {
        true => "`POST /api/v2/leads/list` with this address in `contacts` shows it.",
        false => "This caller cannot see that lead. An admin of the workspace can.",
    };
    Err(Error::Conflict(format!("A lead with this email is {what}. {next}")))
}
