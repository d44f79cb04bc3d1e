//! Up to a thousand leads at once. What cannot be taken is counted, and the rest goes in.

use super::container::{Place, assignee};
use super::create::{Rule, Skip, bounded, given_address, is_complete, lead, possible};
use super::{Given, Lead, store, store::Known};
use crate::access::{Can, leads::Create};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::{Json, absent_not_null, is_email, lenient};
use crate::resources::campaigns;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = lenient)]
pub struct Body {
    /// This or `list_id`.
    #[schemars(transform = absent_not_null)]
    campaign_id: Option<Uuid>,
    #[schemars(transform = absent_not_null)]
    list_id: Option<Uuid>,
    #[schemars(length(min = 1, max = 1000))]
    leads: Vec<Item>,
    /// This server has no block lists yet.
    #[serde(default)]
    blocklist_id: Option<Uuid>,
    /// A member, by user id, member id or e-mail address. The default is the campaign's owner, else the caller. A lead may
    /// name another.
    #[schemars(transform = absent_not_null, length(max = 254))]
    assigned_to: Option<String>,
    #[schemars(transform = absent_not_null)]
    verify_leads_on_import: Option<bool>,
    #[serde(flatten)]
    skip: Skip,
}

#[derive(Clone, Deserialize, JsonSchema)]
#[schemars(inline, deny_unknown_fields)]
struct Item {
    #[serde(flatten)]
    given: Given,
}

#[derive(Clone, Serialize, JsonSchema)]
#[schemars(transform = all_required)]
pub struct Added {
    status: String,
    total_sent: usize,
    leads_uploaded: usize,
    in_blocklist: usize,
    blocklist_used: Option<String>,
    /// Already in this campaign or list.
    duplicated_leads: usize,
    /// Left out by `skip_if_in_...`, or by the workspace's `unique_leads`.
    skipped_count: usize,
    /// Without an e-mail address, or with a text that is not an address.
    invalid_email_count: usize,
    /// Of a list: without an address and without a name.
    incomplete_count: usize,
    /// More than once in this call.
    duplicate_email_count: usize,
    remaining_in_plan: Option<i64>,
    created_leads: Vec<Created>,
}

#[derive(Clone, Serialize, JsonSchema)]
#[schemars(inline)]
struct Created {
    /// Its place in the call, from 0.
    index: usize,
    id: Uuid,
    #[schemars(default)]
    email: Option<String>,
    #[schemars(default)]
    first_name: Option<String>,
    #[schemars(default)]
    last_name: Option<String>,
    #[schemars(default)]
    phone: Option<String>,
}

/// Also those that are null.
fn all_required(schema: &mut schemars::Schema) {
    let names = schema.get("properties").and_then(|all| all.as_object());
    let names: Vec<_> = names.into_iter().flat_map(|all| all.keys().cloned()).collect();
    schema.insert("required".to_owned(), names.into());
}

pub async fn add(can: Can<Create>, Json(body): Json<Body>) -> Result<Json<Added>> {
    let place = Place::of(("campaign_id", body.campaign_id), ("list_id", body.list_id))?;
    possible(body.blocklist_id, body.verify_leads_on_import == Some(true))?;
    let given: Vec<Given> = body.leads.into_iter().map(|item| item.given).collect();
    let added = can.write(async move |can, tx| {
        let container = place.open(can, tx, place.field("campaign_id")).await?;
        let everybodys = container.assign(can, tx, "assigned_to", body.assigned_to.as_deref()).await?;
        let assignees = assignees(can, tx, &given).await?;
        let skip = Rule::of(body.skip, can, tx).await?;
        let mut sorted = sort(&given, place);
        unknown(can, tx, &mut sorted, place, skip).await?;
        let leads: Vec<(usize, Lead)> = sorted
            .taken
            .iter()
            .map(|(index, given)| {
                let own =
                    given.assigned_to.as_ref().and_then(|wanted| assignees.get(wanted).copied().flatten());
                let lead = lead(can, given, &container, own.or(everybodys));
                Ok((*index, bounded(lead, &format!("body/leads/{index}"))?))
            })
            .collect::<Result<_>>()?;
        let rows: Vec<Lead> = leads.iter().map(|(_, lead)| lead.clone()).collect();
        store::insert(can, tx, &rows).await?;
        let variables: BTreeSet<&String> =
            rows.iter().flat_map(|lead| lead.custom_variables.keys()).collect();
        if let Some(campaign) = place.campaign() {
            campaigns::name_variables(can, tx, campaign, variables.into_iter()).await?;
        }
        let answer = sorted.answer(given.len(), leads);
        let after = json!({ "leads_uploaded": answer.leads_uploaded, "total_sent": answer.total_sent });
        let uploaded = answer.leads_uploaded;
        Ok(Change::new(place.subject(), (), after, answer).affecting(uploaded))
    });
    added.await.map(Json)
}

/// Who leads name, each looked up once.
async fn assignees(can: &Can<Create>, tx: &mut Tx, given: &[Given]) -> Result<HashMap<String, Option<Uuid>>> {
    let mut users = HashMap::new();
    for (index, given) in given.iter().enumerate() {
        let Some(wanted) = &given.assigned_to else { continue };
        if users.contains_key(wanted) {
            continue;
        }
        if users.len() >= 100 {
            return Err(Error::invalid("body/leads must name at most 100 members in `assigned_to`"));
        }
        let user = assignee(can, tx, &format!("leads/{index}/assigned_to"), wanted).await?;
        users.insert(wanted.clone(), user);
    }
    Ok(users)
}

/// What becomes of the leads of a call.
#[derive(Default)]
struct Sorted {
    taken: BTreeMap<usize, Given>,
    invalid: usize,
    incomplete: usize,
    twice: usize,
    duplicated: usize,
    skipped: usize,
}

fn sort(given: &[Given], place: Place) -> Sorted {
    let (mut sorted, mut emails) = (Sorted::default(), HashSet::new());
    for (index, given) in given.iter().enumerate() {
        let given = Given { email: given_address(given.email.as_ref()), ..given.clone() };
        if !is_complete(&given, place.list()) {
            match place {
                Place::Campaign(_) => sorted.invalid += 1,
                Place::List(_) => sorted.incomplete += 1,
            }
        } else if given.email.as_ref().is_some_and(|email| !is_email(email)) {
            sorted.invalid += 1;
        } else if given.email.as_ref().is_some_and(|email| !emails.insert(email.clone())) {
            sorted.twice += 1;
        } else {
            sorted.taken.insert(index, given);
        }
    }
    sorted
}

/// Takes away what is there already.
async fn unknown(
    can: &Can<Create>,
    tx: &mut Tx,
    sorted: &mut Sorted,
    place: Place,
    rule: Rule,
) -> Result<()> {
    let emails: Vec<String> = sorted.taken.values().filter_map(|given| given.email.clone()).collect();
    let mut known: HashMap<String, Vec<(Known, bool)>> = HashMap::new();
    for lead in store::known(can, tx, &emails).await? {
        known.entry(lead.0.email.clone()).or_default().push(lead);
    }
    let here = (place.campaign(), place.list());
    let (mut duplicated, mut skipped) = (0, 0);
    sorted.taken.retain(|_, given| {
        let at = given.email.as_ref().and_then(|email| known.get(email));
        let is_here = at.is_some_and(|at| at.iter().any(|(known, _)| known.place() == here));
        let is_skipped =
            !is_here && at.is_some_and(|at| at.iter().any(|(known, visible)| rule.skips(known, *visible)));
        duplicated += usize::from(is_here);
        skipped += usize::from(is_skipped);
        !is_here && !is_skipped
    });
    (sorted.duplicated, sorted.skipped) = (duplicated, skipped);
    Ok(())
}

impl Sorted {
    fn answer(&self, total: usize, leads: Vec<(usize, Lead)>) -> Added {
        let created = |(index, lead): (usize, Lead)| Created {
            index,
            id: lead.id,
            email: lead.email,
            first_name: lead.person.first_name,
            last_name: lead.person.last_name,
            phone: lead.person.phone,
        };
        Added {
            status: "success".to_owned(),
            total_sent: total,
            leads_uploaded: leads.len(),
            in_blocklist: 0,
            blocklist_used: None,
            duplicated_leads: self.duplicated,
            skipped_count: self.skipped,
            invalid_email_count: self.invalid,
            incomplete_count: self.incomplete,
            duplicate_email_count: self.twice,
            remaining_in_plan: None,
            created_leads: leads.into_iter().map(created).collect(),
        }
    }
}
