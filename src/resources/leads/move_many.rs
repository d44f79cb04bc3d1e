//! Moves leads to another campaign or list, or copies them. It is a job, which acts with the rights of the caller who asked
//! for it.

use super::destination::{Destination, assignee};
use super::rules::blocked;
use super::selection::{Narrowing, Selection, position};
use super::{ACTIVE, BOUNCED, Lead, UNSUBSCRIBED, store};
use crate::access::{Can, Seen, leads::Create, leads::Move};
use crate::app::App;
use crate::audit::Change;
use crate::db::{Part, Tx};
use crate::error::{Error, Result};
use crate::http::absent_not_null;
use crate::jobs::{self, Claim, Kind, New, Outcome};
use crate::resources::background_jobs::{self, BackgroundJob};
use crate::resources::lead_containers::Container;
use crate::resources::{campaigns, workspaces};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// Leads of one step. Their ids fit into an audit row.
const STEP: usize = 300;
/// Addresses that a job lists. It counts all of them.
const SHOWN: usize = 10_000;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct MoveLeads {
    /// With `ids` the body must also have `campaign` or `list_id`.
    #[serde(flatten)]
    selection: Selection,
    #[serde(flatten)]
    narrowing: Narrowing,
    #[serde(default)]
    #[schemars(with = "f64", extend("enum" = [0, 1, 2, 3, 8, 9, 10, 12, 13, 999, 1000]))]
    esp_code: Option<i64>,
    /// This or `to_list_id`.
    #[schemars(transform = absent_not_null)]
    to_campaign_id: Option<Uuid>,
    #[schemars(transform = absent_not_null)]
    to_list_id: Option<Uuid>,
    /// Has no effect, because this server saves no lead-finder clauses.
    #[schemars(transform = absent_not_null)]
    ignore_resource_filter_clauses: Option<bool>,
    /// Leaves out a lead if another lead that the caller sees has its address in a campaign.
    #[schemars(transform = absent_not_null)]
    check_duplicates_in_campaigns: Option<bool>,
    /// Leaves out leads that wait for their verification.
    #[schemars(transform = absent_not_null)]
    skip_leads_in_verification: Option<bool>,
    /// How many leads to move. The default is all that match.
    #[serde(default)]
    #[schemars(with = "f64", range(min = 1, max = 1_000_000_000))]
    limit: Option<i64>,
    /// A user, to whom the leads are assigned.
    #[schemars(transform = absent_not_null)]
    assigned_to: Option<Uuid>,
    /// Leaves the leads where they are, and adds copies.
    #[schemars(transform = absent_not_null)]
    copy_leads: Option<bool>,
    /// Leaves out a lead if another lead that the caller sees has its address.
    #[schemars(transform = absent_not_null)]
    check_duplicates: Option<bool>,
    #[schemars(transform = absent_not_null)]
    reset_interest_status: Option<bool>,
}

/// What the job stores.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Data {
    filters: MoveLeads,
    total_to_process: i64,
    moved_leads: i64,
    /// The first [`SHOWN`] of them.
    moved_lead_emails: Vec<String>,
    /// Leads whose address the destination has already, or that a check left out.
    duplicate_leads: i64,
    /// Leads that are not copied because the block list has their address.
    blocked_leads: i64,
}

impl MoveLeads {
    fn to(&self) -> Result<Container> {
        match (self.to_campaign_id, self.to_list_id) {
            (Some(id), None) => Ok(Container::Campaign(id)),
            (None, Some(id)) => Ok(Container::List(id)),
            (None, None) | (Some(_), Some(_)) => {
                Err(Error::invalid("body must have exactly one of 'to_campaign_id' and 'to_list_id'"))
            }
        }
    }

    fn check(&self) -> Result<()> {
        self.narrowing.check()?;
        let placed = self.selection.campaign.is_some() || self.selection.list_id.is_some();
        match self.selection.ids.is_some() && !placed {
            true => Err(Error::invalid("body must have 'campaign' or 'list_id', because it has 'ids'")),
            false => self.to().map(drop),
        }
    }

    /// All that match, or only the named ones.
    pub fn chosen(self, all: bool) -> MoveLeads {
        MoveLeads { selection: self.selection.of(all), ..self }
    }

    fn copies(&self) -> bool {
        self.copy_leads == Some(true)
    }

    /// Conditions on `leads l`. Leads that are there already are left out.
    pub fn condition(&self, now: Time, out: &mut Part) {
        self.selection.condition(now, out);
        self.narrowing.condition(out);
        out.given(self.esp_code, " and l.esp_code = ", "");
        out.given(self.to_campaign_id, " and coalesce(l.campaign_id <> ", ", true)");
        out.given(self.to_list_id, " and coalesce(l.list_id <> ", ", true)");
        if self.skip_leads_in_verification == Some(true) {
            out.push(" and coalesce(l.verification_status <> 12, true)");
        }
    }

    /// Where the leads go, and to whom. The caller must be allowed to add leads there.
    async fn open(&self, can: &Can<Move>, tx: &mut Tx) -> Result<(Container, Option<Uuid>)> {
        can.also::<Create>()?;
        let to = self.to()?;
        Destination::open_for::<Create>(can, tx, to, field(to)).await?;
        if self.copies() && workspaces::current(can, &mut *tx).await?.unique_leads {
            return Err(Error::invalid(
                "body/copy_leads must be false: this workspace has `unique_leads`, so no address can be in two places",
            ));
        }
        let assigned_to = match self.assigned_to {
            Some(user) => assignee(can, tx, "assigned_to", &user.to_string()).await?,
            None => None,
        };
        Ok((to, assigned_to))
    }
}

fn field(to: Container) -> &'static str {
    match to {
        Container::Campaign(_) => "to_campaign_id",
        Container::List(_) => "to_list_id",
    }
}

pub async fn move_many(can: Can<Move>, wanted: MoveLeads) -> Result<Seen<BackgroundJob>> {
    wanted.check()?;
    let now = can.now();
    let there = store::count(&can, |out| wanted.condition(now, out)).await?;
    can.write(async move |can, tx| {
        let (to, _) = wanted.open(can, tx).await?;
        let data = Data {
            total_to_process: wanted.limit.map_or(there, |limit| limit.min(there)),
            filters: wanted.clone(),
            moved_leads: 0,
            moved_lead_emails: vec![],
            duplicate_leads: 0,
            blocked_leads: 0,
        };
        let id = jobs::enqueue(can, tx, New::asked(can, Kind::MoveLeads, json!(data))).await?;
        let job = background_jobs::started(can, tx, &id).await?;
        let after = json!({ "job": id, "copy": wanted.copies(), "leads": data.total_to_process });
        Ok(Change::new(to.subject(), (), after, job).affecting(0))
    })
    .await
}

/// Moves the next leads, in the order of their ids. They are looked for outside the transaction, because a search can take
/// long. Inside, each of them has to match again.
pub async fn move_step(app: &App, claim: &Claim) -> Result<Outcome> {
    let can = Can::<Move>::job(app, claim.asker()?).await?;
    let claim = claim.clone();
    let data: Data = serde_json::from_value(claim.data.clone()).map_err(Error::internal)?;
    let since = claim.created_at;
    let order = position(data.filters.narrowing.names_leads(&data.filters.selection));
    let next =
        store::next(&can, (claim.after()?, order), STEP, |out| data.filters.condition(since, out)).await?;
    can.write(async move |can, tx| {
        let (mut data, wanted) = (data.clone(), &data.filters);
        let (to, assigned_to) = wanted.open(can, tx).await?;
        let mut there = store::those(can, tx, &next, |out| wanted.condition(since, out)).await?;
        if wanted.copies() {
            let blocked = blocked(can, tx, &addresses(&there)).await?;
            let all = there.len();
            there.retain(|lead| lead.email.as_ref().is_none_or(|email| !blocked.contains(email)));
            data.blocked_leads += (all - there.len()) as i64;
        }
        let found = there.len();
        let mut leads = without_duplicates(can, tx, wanted, to, there).await?;
        data.duplicate_leads += (found - leads.len()) as i64;
        leads.truncate(wanted.limit.map_or(usize::MAX, |limit| (limit - data.moved_leads).max(0) as usize));
        carry(can, tx, wanted, to, assigned_to, &leads).await?;
        data.moved_leads += leads.len() as i64;
        let room = SHOWN.saturating_sub(data.moved_lead_emails.len());
        data.moved_lead_emails.extend(leads.iter().filter_map(|lead| lead.email.clone()).take(room));
        let done = next.len() < STEP || wanted.limit.is_some_and(|limit| data.moved_leads >= limit);
        let progress = claim.progress(next.last(), (data.percent(), done), json!(data));
        jobs::advance(&claim, tx, can.now(), progress.clone()).await?;
        can.app().fault("inside a step")?;
        let ids: Vec<Uuid> = leads.iter().map(|lead| lead.id).collect();
        let facts = json!({ "job": claim.id, "copy": wanted.copies(), "leads": ids });
        Ok(Change::new(to.subject(), (), facts, Outcome::Moved(progress)).affecting(leads.len()))
    })
    .await
}

fn addresses(leads: &[Lead]) -> Vec<String> {
    leads.iter().filter_map(|lead| lead.email.clone()).collect()
}

/// The leads whose address is new at the destination, and passes the checks of the call.
async fn without_duplicates(
    can: &Can<Move>,
    tx: &mut Tx,
    wanted: &MoveLeads,
    to: Container,
    mut leads: Vec<Lead>,
) -> Result<Vec<Lead>> {
    let emails = addresses(&leads);
    let mut taken: HashSet<String> = store::taken(can, tx, to, &emails).await?.into_iter().collect();
    let anywhere = wanted.check_duplicates == Some(true);
    let known: HashMap<String, i64> = match anywhere || wanted.check_duplicates_in_campaigns == Some(true) {
        true => store::how_many(can, tx, &emails, !anywhere).await?.into_iter().collect(),
        false => HashMap::new(),
    };
    leads.retain(|lead| {
        let Some(email) = &lead.email else { return true };
        // The lead itself is one of them.
        let own = i64::from(anywhere || lead.campaign.is_some());
        let others = known.get(email).copied().unwrap_or(0) - own;
        others <= 0 && taken.insert(email.clone())
    });
    Ok(leads)
}

async fn carry(
    can: &Can<Move>,
    tx: &mut Tx,
    wanted: &MoveLeads,
    to: Container,
    assigned_to: Option<Uuid>,
    leads: &[Lead],
) -> Result<()> {
    let reset = wanted.reset_interest_status == Some(true);
    if wanted.copies() {
        let copies: Vec<Lead> = leads.iter().map(|lead| copy(can, lead, to, assigned_to, reset)).collect();
        can.insert_all(&mut *tx, &copies).await?;
        store::set_facts(can, tx, &copies).await?;
    } else {
        let ids: Vec<Uuid> = leads.iter().map(|lead| lead.id).collect();
        store::place(can, tx, to, &ids, (assigned_to, reset)).await?;
    }
    let Some(campaign) = to.campaign() else { return Ok(()) };
    let names: BTreeSet<&String> = leads.iter().flat_map(|lead| lead.custom_variables.keys()).collect();
    campaigns::name_variables(can, tx, campaign, names.into_iter()).await
}

/// A copy is active, unless its address bounced or its person unsubscribed.
fn copy(can: &Can<Move>, lead: &Lead, to: Container, assigned_to: Option<Uuid>, reset: bool) -> Lead {
    let mut copy = Lead {
        id: can.new_id(),
        timestamp_created: can.now(),
        timestamp_updated: can.now(),
        campaign: to.campaign(),
        list_id: to.list(),
        status: if [BOUNCED, UNSUBSCRIBED].contains(&lead.status) { lead.status } else { ACTIVE },
        assigned_to: assigned_to.or(lead.assigned_to),
        uploaded_by_user: can.user(),
        upload_method: "api".to_owned(),
        ..lead.clone()
    };
    copy.engagement = lead.engagement.about_the_address();
    if reset {
        copy.lt_interest_status = None;
    } else {
        copy.engagement.timestamp_last_interest_change = lead.engagement.timestamp_last_interest_change;
    }
    copy
}

impl Data {
    fn percent(&self) -> i64 {
        let seen = self.moved_leads + self.duplicate_leads + self.blocked_leads;
        jobs::percent(seen, self.total_to_process)
    }
}
