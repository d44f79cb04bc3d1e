//! One lead at a time.

use super::container::{Container, Place};
use super::{ACTIVE, Given, Lead, store, store::Known};
use crate::access::{Can, leads::Create};
use crate::audit::{Change, Subject};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::{Json, absent_not_null, address, is_email, lenient};
use crate::resources::{campaigns, workspaces};
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
    /// This server has no block lists yet.
    #[schemars(transform = absent_not_null)]
    blocklist_id: Option<Uuid>,
    #[schemars(transform = absent_not_null)]
    verify_leads_for_lead_finder: Option<bool>,
    #[schemars(transform = absent_not_null)]
    verify_leads_on_import: Option<bool>,
}

/// Where a lead may not be already.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(inline)]
pub struct Skip {
    /// In any campaign or list.
    pub skip_if_in_workspace: bool,
    /// In any campaign.
    pub skip_if_in_campaign: bool,
    /// In any list.
    pub skip_if_in_list: bool,
}

/// What the call asks for, and what the workspace demands of every call.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    asked: Skip,
    unique: bool,
}

impl Rule {
    pub async fn of(asked: Skip, can: &Can<Create>, tx: &mut Tx) -> Result<Rule> {
        let unique = workspaces::current(can, tx).await?.unique_leads;
        Ok(Rule { asked, unique })
    }

    /// What the caller asks is about what it sees; only the workspace's own rule looks further.
    pub fn skips(self, known: &Known, visible: bool) -> bool {
        let asked = self.asked.skip_if_in_workspace
            || self.asked.skip_if_in_campaign && known.campaign.is_some()
            || self.asked.skip_if_in_list && known.list.is_some();
        self.unique || asked && visible
    }
}

/// What this server cannot do is refused, not passed over.
pub fn possible(blocklist: Option<Uuid>, verify: bool) -> Result<()> {
    match (blocklist, verify) {
        (Some(_), _) => Err(Error::invalid("body/blocklist_id must be a block list in this workspace")),
        (None, true) => Err(Error::invalid(
            "body/verify_leads_on_import must be false: this server verifies no addresses yet",
        )),
        (None, false) => Ok(()),
    }
}

/// What a lead must have: any of address and names in a list, an address elsewhere.
pub fn is_complete(given: &Given, list: Option<Uuid>) -> bool {
    let named = given.person.first_name.is_some() || given.person.last_name.is_some();
    given.email.is_some() || list.is_some() && named
}

/// Bytes of a lead, and names of its variables: a page holds a hundred leads.
const LARGEST: usize = 64 * 1024;
const VARIABLES: usize = 200;

/// After whatever is done to it.
pub fn bounded(lead: Lead, field: &str) -> Result<Lead> {
    let bytes = serde_json::to_vec(&lead.payload).map_err(Error::internal)?.len();
    match (bytes > LARGEST, lead.custom_variables.len() > VARIABLES) {
        (false, false) => Ok(lead),
        (true, _) => {
            Err(Error::invalid(format!("{field} must have at most 64 KB, custom variables included")))
        }
        (_, true) => {
            Err(Error::invalid(format!("{field}/custom_variables must have at most {VARIABLES} names")))
        }
    }
}

/// The lead as it is kept.
pub fn lead(can: &Can<Create>, given: &Given, container: &Container, assigned_to: Option<Uuid>) -> Lead {
    let lead = Lead {
        id: can.new_id(),
        timestamp_created: can.now(),
        timestamp_updated: can.now(),
        organization: can.workspace(),
        campaign: container.campaign(),
        list_id: container.list(),
        status: ACTIVE,
        email: given.email.clone(),
        person: given.person.clone(),
        company_domain: String::new(),
        payload: None,
        lt_interest_status: given.lt_interest_status,
        pl_value_lead: given.pl_value_lead.clone(),
        assigned_to,
        uploaded_by_user: can.user(),
        upload_method: "api".to_owned(),
        is_website_visitor: Some(false),
        engagement: Default::default(),
        custom_variables: given.custom_variables.clone().unwrap_or_default(),
    };
    lead.derived()
}

/// As it is kept; nothing is none.
pub fn given_address(email: Option<&String>) -> Option<String> {
    email.map(|email| address(email)).filter(|email| !email.is_empty())
}

/// An address that is there already. Leads that are in no campaign and no list are known to those who see them only.
fn refuse_known(known: &Known, container: &Container, visible: bool, rule: Rule) -> Result<()> {
    let here = known.place() == (container.campaign(), container.list());
    let what = match container.place {
        Some(Place::Campaign(_)) if here => "already in this campaign",
        Some(Place::List(_)) if here => "already in this list",
        None if here && visible => "already in the workspace",
        Some(_) | None if rule.skips(known, visible) => "already in the workspace",
        Some(_) | None => return Ok(()),
    };
    Err(Error::Conflict(format!("A lead with this email is {what}.")))
}

pub async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<Lead>> {
    let place = Place::if_any(("campaign", new.campaign), ("list_id", new.list_id))?;
    let verify = new.verify_leads_on_import == Some(true) || new.verify_leads_for_lead_finder == Some(true);
    possible(new.blocklist_id, verify)?;
    let given = Given { email: given_address(new.given.email.as_ref()), ..new.given };
    if given.email.as_ref().is_some_and(|email| !is_email(email)) {
        return Err(Error::invalid("body/email must match format \"email\""));
    }
    if !is_complete(&given, new.list_id) {
        return Err(Error::invalid(match new.list_id {
            None => "body must have required property 'email'",
            Some(_) => "body must have one of the properties 'email', 'first_name' and 'last_name'",
        }));
    }
    let created = can.write(async move |can, tx| {
        let container = match place {
            Some(place) => place.open(can, tx, place.field("campaign")).await?,
            None => Container::none(can)?,
        };
        let assigned_to = container.assign(can, tx, "assigned_to", given.assigned_to.as_deref()).await?;
        let emails: Vec<String> = given.email.iter().cloned().collect();
        let skip = Rule::of(new.skip, can, tx).await?;
        for (known, visible) in store::known(can, tx, &emails).await? {
            refuse_known(&known, &container, visible, skip)?;
        }
        let lead = bounded(lead(can, &given, &container, assigned_to), "body")?;
        store::insert(can, tx, std::slice::from_ref(&lead)).await?;
        campaigns::store::name_variables(can, tx, lead.campaign, lead.custom_variables.keys()).await?;
        let (campaign, list) = (lead.campaign, lead.list_id);
        Ok(Change::created(Subject::new("lead", lead.id), lead).inside(campaign, list))
    });
    created.await.map(Json)
}
