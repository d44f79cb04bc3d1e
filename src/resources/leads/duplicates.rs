//! Leads that have the same address: those that keep a new lead out, and a report of all that are there already. Neither
//! shows a lead that the caller does not see.

use super::{LeftOut, rules::Duplicates, store, store::Known};
use crate::access::{Caller, Can, Permission, campaigns, lead_lists, leads::Read};
use crate::error::{Error, Result};
use crate::http::{Page, optional_not_null};
use crate::resources::lead_containers::Container;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// Leads whose addresses one statement compares, so that no statement takes long.
const WINDOW: i64 = 50_000;
/// Milliseconds after which the report is refused. In a very large workspace, few addresses can be far apart.
const LONGEST: i64 = 5_000;
/// Leads that the report shows of one address.
pub const SHOWN: i64 = 20;

/// A lead that has the address of a new lead already. Only callers who see it get this.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct PresentLead {
    pub id: Uuid,
    pub campaign: Option<Uuid>,
    pub list_id: Option<Uuid>,
    /// A user.
    pub assigned_to: Option<Uuid>,
    pub status: i64,
}

impl PresentLead {
    /// None if the caller does not see the lead.
    pub fn of((lead, visible): &(Known, bool), can: &Caller) -> Option<PresentLead> {
        // Adding leads needs no scope to read them.
        (*visible && can.may(Read::ACTION)).then_some(PresentLead {
            id: lead.id,
            campaign: lead.campaign,
            list_id: lead.list,
            assigned_to: lead.assigned_to,
            status: lead.status,
        })
    }
}

/// A lead of a call that is not added, because its address is there already.
#[derive(Clone, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Duplicate {
    /// Its place in the call, from 0.
    index: usize,
    /// Whether it counts in `duplicated_leads` or in `skipped_count`.
    #[schemars(extend("enum" = ["duplicated", "skipped"]))]
    reason: &'static str,
    /// The lead that has the address. Null if the caller does not see it.
    lead: Option<PresentLead>,
}

impl Duplicate {
    pub fn of(can: &Caller, index: usize, here: bool, lead: &(Known, bool)) -> Duplicate {
        let reason = if here { "duplicated" } else { "skipped" };
        Duplicate { index, reason, lead: PresentLead::of(lead, can) }
    }
}

/// Says which of the leads with its address keeps a new lead out, and why. A lead in the same campaign or list comes first,
/// then one that the caller sees, then the oldest.
pub fn kept_out_by(
    there: Vec<(Known, bool)>,
    container: Container,
    duplicates: Duplicates,
) -> Option<(LeftOut, (Known, bool))> {
    let here = (container.campaign(), container.list());
    let why = |(lead, visible): &(Known, bool)| match lead.place() == here {
        true => Some(LeftOut::Duplicated),
        false => duplicates.skip(lead, *visible).then_some(LeftOut::Skipped),
    };
    let reasons = there.into_iter().filter_map(|lead| Some((why(&lead)?, lead)));
    reasons.min_by_key(|(why, (_, visible))| (*why != LeftOut::Duplicated, !visible))
}

/// Those of these leads that the caller sees now.
pub async fn present(can: &Caller, ids: &[Uuid]) -> Result<HashMap<Uuid, PresentLead>> {
    if ids.is_empty() || !can.may(Read::ACTION) {
        return Ok(HashMap::new());
    }
    let known = store::known_by_id(can, ids).await?;
    let seen = known.into_iter().map(|lead| (lead, true));
    Ok(seen.filter_map(|lead| Some((lead.0.id, PresentLead::of(&lead, can)?))).collect())
}

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct FindDuplicates {
    /// How many addresses a page has, 1 to 100. The default is 10.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<i64>,
    /// `next_starting_after` of the page before: an address.
    #[schemars(length(max = 300))]
    starting_after: Option<String>,
}

/// An address that several leads have.
#[derive(Serialize, JsonSchema)]
pub struct DuplicateAddress {
    email: String,
    /// How many leads that the caller sees have the address.
    count: i64,
    /// The oldest 20 of them, oldest first.
    leads: Vec<DuplicateLead>,
}

#[derive(Clone, Serialize, JsonSchema)]
#[schemars(inline)]
struct DuplicateLead {
    id: Uuid,
    timestamp_created: Time,
    campaign: Option<Uuid>,
    list_id: Option<Uuid>,
    /// The user who owns the campaign or the list, if the caller sees it.
    owned_by: Option<Uuid>,
    assigned_to: Option<Uuid>,
    uploaded_by_user: Option<Uuid>,
    status: i64,
}

pub async fn duplicates(can: Can<Read>, wanted: FindDuplicates) -> Result<Page<DuplicateAddress, String>> {
    let limit = wanted.limit.unwrap_or(10);
    let mut after = wanted.starting_after.unwrap_or_default().to_lowercase();
    let mut found: Vec<(String, i64)> = Vec::new();
    let ends = can.now().plus(LONGEST);
    loop {
        if can.now() > ends {
            return Err(Error::TookTooLong);
        }
        let until = store::end_of_window(&can, &after, WINDOW).await?;
        let left = limit - found.len() as i64;
        found.extend(store::repeated(&can, &after, until.as_ref(), left).await?);
        match until {
            Some(until) if (found.len() as i64) < limit => after = until,
            Some(_) | None => break,
        }
    }
    let mut leads = leads_of(&can, &found).await?;
    let items = found.into_iter().map(|(email, count)| {
        let leads = leads.remove(&email).unwrap_or_default();
        DuplicateAddress { email, count, leads }
    });
    Ok(Page::new(items.collect(), limit, |item: &DuplicateAddress| item.email.clone()))
}

/// The leads that have these addresses, by the address.
async fn leads_of(can: &Can<Read>, found: &[(String, i64)]) -> Result<HashMap<String, Vec<DuplicateLead>>> {
    let emails: Vec<String> = found.iter().map(|(email, _)| email.clone()).collect();
    let twins = store::twins(can, &emails, SHOWN).await?;
    let mut in_campaigns: Vec<Uuid> = twins.iter().filter_map(|lead| lead.campaign).collect();
    let mut in_lists: Vec<Uuid> = twins.iter().filter_map(|lead| lead.list_id).collect();
    for (ids, read) in
        [(&mut in_campaigns, campaigns::Read::ACTION), (&mut in_lists, lead_lists::Read::ACTION)]
    {
        // A key that can read leads needs no scope for their campaigns and lists.
        if !can.may(read) {
            ids.clear();
        }
        ids.sort_unstable();
        ids.dedup();
    }
    let owners = store::owners(can, &in_campaigns, &in_lists).await?;
    let mut leads: HashMap<String, Vec<DuplicateLead>> = HashMap::new();
    for twin in twins {
        let place = twin.campaign.or(twin.list_id);
        leads.entry(twin.email).or_default().push(DuplicateLead {
            id: twin.id,
            timestamp_created: twin.timestamp_created,
            campaign: twin.campaign,
            list_id: twin.list_id,
            owned_by: place.and_then(|id| owners.get(&id).copied().flatten()),
            assigned_to: twin.assigned_to,
            uploaded_by_user: twin.uploaded_by_user,
            status: twin.status,
        });
    }
    Ok(leads)
}
