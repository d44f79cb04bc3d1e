//! Adds up to a thousand leads at once. Leads that cannot be added are counted, and the others are added.

use super::destination::assignee;
use super::duplicates::{Duplicate, kept_out_by};
use super::rules::{Duplicates, Skip, blocked, bounded, given_address, is_complete, lead, possible};
use super::verify::{can_verify, queue};
use super::{Destination, Given, Lead, store, store::Known};
use crate::access::{Can, leads::Create};
use crate::audit::Change;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::http::{absent_not_null, is_email, lenient};
use crate::resources::block_list_entries::id_of_list;
use crate::resources::lead_containers::Container;
use crate::resources::{campaigns, lead_labels};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use uuid::Uuid;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = lenient)]
pub struct AddLeads {
    /// This or `list_id`.
    #[schemars(transform = absent_not_null)]
    campaign_id: Option<Uuid>,
    #[schemars(transform = absent_not_null)]
    list_id: Option<Uuid>,
    #[schemars(length(min = 1, max = 1000))]
    leads: Vec<Item>,
    /// The id of the workspace, which has one block list. That list is used without it too.
    #[serde(default)]
    blocklist_id: Option<Uuid>,
    /// A member, by user id, member id or e-mail address. The default is the campaign's owner, or else the caller. Each lead
    /// can name another member.
    #[schemars(transform = absent_not_null, length(max = 254))]
    assigned_to: Option<String>,
    /// Verifies the addresses in a background job. The leads have the `verification_status` 12 until then.
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
    /// Skipped because of `skip_if_in_...` or the workspace's `unique_leads`.
    skipped_count: usize,
    /// Leads without an e-mail address, or with a text that is not one.
    invalid_email_count: usize,
    /// In a list: leads without an address and without a name.
    incomplete_count: usize,
    /// Addresses that this call has more than once.
    duplicate_email_count: usize,
    remaining_in_plan: Option<i64>,
    created_leads: Vec<Created>,
    /// The leads of the call whose address is there already.
    #[schemars(extend("x-gatepost-extension" = true))]
    duplicates: Vec<Duplicate>,
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

/// Requires every property, also those that can be null.
fn all_required(schema: &mut schemars::Schema) {
    let names = schema.get("properties").and_then(|all| all.as_object());
    let names: Vec<_> = names.into_iter().flat_map(|all| all.keys().cloned()).collect();
    schema.insert("required".to_owned(), names.into());
}

pub async fn add(can: Can<Create>, wanted: AddLeads) -> Result<Added> {
    let container = Container::one("campaign_id", wanted.campaign_id, wanted.list_id)?;
    possible(&can, wanted.blocklist_id)?;
    let verify = wanted.verify_leads_on_import == Some(true);
    let given: Vec<Given> = wanted.leads.into_iter().map(|item| item.given).collect();
    can.write(async move |can, tx| {
        let destination = Destination::open(can, tx, container, container.field("campaign_id")).await?;
        let default = destination.assign(can, tx, "assigned_to", wanted.assigned_to.as_deref()).await?;
        let assignees = assignees(can, tx, &given).await?;
        let interests = given.iter().enumerate().filter_map(|(index, given)| {
            Some((format!("leads/{index}/lt_interest_status"), given.lt_interest_status?))
        });
        lead_labels::check_numbers(can, tx, interests).await?;
        let sorted = sort_out(can, tx, &given, container, wanted.skip).await?;
        let leads: Vec<(usize, Lead)> = sorted
            .taken
            .iter()
            .map(|(index, given)| {
                let own = given.assigned_to.as_ref().and_then(|name| assignees.get(name).copied().flatten());
                let lead = lead(can, given, &destination, own.or(default));
                Ok((*index, bounded(lead, &format!("body/leads/{index}"))?))
            })
            .collect::<Result<_>>()?;
        let rows: Vec<Lead> = leads.iter().map(|(_, lead)| lead.clone()).collect();
        insert(can, tx, container, &rows).await?;
        if verify {
            can_verify(can, tx).await?;
            queue(can, tx, &rows).await?;
        }
        let answer = sorted.answer(can, given.len(), leads);
        let after = json!({ "leads_uploaded": answer.leads_uploaded, "total_sent": answer.total_sent });
        let uploaded = answer.leads_uploaded;
        Ok(Change::new(container.subject(), (), after, answer).affecting(uploaded))
    })
    .await
}

/// The members that leads name, each looked up once.
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

/// Inserts leads of one campaign or list.
pub(super) async fn insert(
    can: &Can<Create>,
    tx: &mut Tx,
    container: Container,
    leads: &[Lead],
) -> Result<()> {
    can.insert_all(tx, leads).await?;
    let Some(campaign) = container.campaign() else { return Ok(()) };
    let variables: BTreeSet<&String> = leads.iter().flat_map(|lead| lead.custom_variables.keys()).collect();
    campaigns::name_variables(can, tx, campaign, variables.into_iter()).await
}

/// Why a lead is not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    Invalid,
    Incomplete,
    Twice,
    Duplicated,
    Skipped,
    /// The block list has the address or its domain.
    Blocked,
}

/// The leads of a call, by their place in it, sorted by what becomes of them.
#[derive(Default)]
pub(super) struct Sorted {
    pub taken: BTreeMap<usize, Given>,
    pub left_out: BTreeMap<usize, LeftOut>,
    /// The leads that have the addresses of duplicates, and whether the caller sees them.
    pub present: BTreeMap<usize, (Known, bool)>,
}

/// Sorts leads by what becomes of them in a campaign or a list.
pub(super) async fn sort_out(
    can: &Can<Create>,
    tx: &mut Tx,
    given: &[Given],
    container: Container,
    skip: Skip,
) -> Result<Sorted> {
    let duplicates = Duplicates::of(skip, can, tx).await?;
    let mut sorted = sort(given, container);
    leave_out_blocked(can, tx, &mut sorted).await?;
    leave_out_known(can, tx, &mut sorted, container, duplicates).await?;
    Ok(sorted)
}

fn sort(given: &[Given], container: Container) -> Sorted {
    let (mut sorted, mut emails) = (Sorted::default(), HashSet::new());
    for (index, given) in given.iter().enumerate() {
        let given = Given { email: given_address(given.email.as_ref()), ..given.clone() };
        if !is_complete(&given, container.list()) {
            let why = match container {
                Container::Campaign(_) => LeftOut::Invalid,
                Container::List(_) => LeftOut::Incomplete,
            };
            sorted.left_out.insert(index, why);
        } else if given.email.as_ref().is_some_and(|email| !is_email(email)) {
            sorted.left_out.insert(index, LeftOut::Invalid);
        } else if given.email.as_ref().is_some_and(|email| !emails.insert(email.clone())) {
            sorted.left_out.insert(index, LeftOut::Twice);
        } else {
            sorted.taken.insert(index, given);
        }
    }
    sorted
}

/// Leaves out the leads whose address or domain is on the block list.
async fn leave_out_blocked(can: &Can<Create>, tx: &mut Tx, sorted: &mut Sorted) -> Result<()> {
    let emails: Vec<String> = sorted.taken.values().filter_map(|given| given.email.clone()).collect();
    let blocked = blocked(can, tx, &emails).await?;
    let Sorted { taken, left_out, .. } = sorted;
    taken.retain(|index, given| {
        let is_blocked = given.email.as_ref().is_some_and(|email| blocked.contains(email));
        if is_blocked {
            left_out.insert(*index, LeftOut::Blocked);
        }
        !is_blocked
    });
    Ok(())
}

/// Leaves out the leads whose address is already there.
async fn leave_out_known(
    can: &Can<Create>,
    tx: &mut Tx,
    sorted: &mut Sorted,
    container: Container,
    duplicates: Duplicates,
) -> Result<()> {
    let emails: Vec<String> = sorted.taken.values().filter_map(|given| given.email.clone()).collect();
    let mut known: HashMap<String, Vec<(Known, bool)>> = HashMap::new();
    for lead in store::known(can, tx, &emails).await? {
        known.entry(lead.0.email.clone().unwrap_or_default()).or_default().push(lead);
    }
    let Sorted { taken, left_out, present } = sorted;
    taken.retain(|index, given| {
        // No two leads of the call have the same address at this point.
        let there = given.email.as_ref().and_then(|email| known.remove(email)).unwrap_or_default();
        let Some((why, lead)) = kept_out_by(there, container, duplicates) else { return true };
        left_out.insert(*index, why);
        present.insert(*index, lead);
        false
    });
    Ok(())
}

impl Sorted {
    fn answer(&self, can: &Can<Create>, total: usize, leads: Vec<(usize, Lead)>) -> Added {
        let created = |(index, lead): (usize, Lead)| Created {
            index,
            id: lead.id,
            email: lead.email,
            first_name: lead.person.first_name,
            last_name: lead.person.last_name,
            phone: lead.person.phone,
        };
        let duplicate = |(index, lead): (&usize, &(Known, bool))| {
            Duplicate::of(can, *index, self.left_out.get(index) == Some(&LeftOut::Duplicated), lead)
        };
        let count = |why| self.left_out.values().filter(|other| **other == why).count();
        Added {
            status: "success".to_owned(),
            total_sent: total,
            leads_uploaded: leads.len(),
            in_blocklist: count(LeftOut::Blocked),
            blocklist_used: Some(id_of_list(can).to_string()),
            duplicated_leads: count(LeftOut::Duplicated),
            skipped_count: count(LeftOut::Skipped),
            invalid_email_count: count(LeftOut::Invalid),
            incomplete_count: count(LeftOut::Incomplete),
            duplicate_email_count: count(LeftOut::Twice),
            remaining_in_plan: None,
            created_leads: leads.into_iter().map(created).collect(),
            duplicates: self.present.iter().map(duplicate).collect(),
        }
    }
}
