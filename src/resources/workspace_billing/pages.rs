//! The page of the plan and the credits.

use super::{Plan, Subscription, stored_plan};
use crate::access::{Can, credits::*, workspace_billing, workspace_group_members as groups};
use crate::error::Result;
use crate::http::{Paging, Query, optional_not_null};
use crate::resources::credits::{self, Cap, CapPatch, Credits, Entry, Kind};
use crate::resources::workspace_group_members::newest;
use crate::time::Time;
use crate::web::{Back, Choice, Form, Input, Offer, Page, Pages, Posted, Rail, Reply, Way};
use askama::Template;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::HashMap;
use uuid::Uuid;

const SHOW: Way<Read> = Way::page("/w/{workspace}/billing", "Billing");
const CAP: Way<SetCaps> = Way::post("/w/{workspace}/billing/caps", "Set the limits").main();

/// Entries of the ledger on a page.
const ROWS: i64 = 50;
/// Sub-workspaces on the page.
const SUBS: i64 = 200;

pub fn pages() -> Pages {
    Pages::under(Rail::Billing).at(&SHOW, billing).at(&CAP, limited)
}

#[derive(Template)]
#[template(path = "workspace_billing/show.html")]
struct Billing {
    /// None for a caller who cannot see the plan.
    plan: Option<Plan>,
    credits: Credits,
    pays: bool,
    caps: Vec<(String, Cap)>,
    form: Option<Form>,
    ledger: Vec<Entry>,
    here: Uuid,
    names: HashMap<Uuid, String>,
    older: Option<Offer>,
}

impl Billing {
    fn parts(&self) -> Vec<(&'static str, &Subscription)> {
        self.plan.iter().flat_map(Plan::parts).collect()
    }

    /// Where an entry was spent, or that it was granted.
    fn place(&self, entry: &Entry) -> String {
        match entry.spent_in {
            None => "granted".to_owned(),
            Some(id) if id == self.here => "this workspace".to_owned(),
            Some(id) => self.names.get(&id).cloned().unwrap_or_else(|| "another workspace".to_owned()),
        }
    }
}

/// The kind of credits in words.
fn kind(kind: &Kind) -> &'static str {
    match kind {
        Kind::Hyper => "for finding and verifying leads",
        Kind::InboxPlacement => "for inbox placement tests",
    }
}

fn or_no_limit(number: &Option<i64>) -> String {
    number.map_or_else(|| "no limit".to_owned(), |number| number.to_string())
}

/// The day on which a period ends.
fn day(milliseconds: &i64) -> String {
    Time(*milliseconds).day()
}

#[derive(Default, Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct From {
    starting_after: Option<Uuid>,
}

async fn billing(can: Can<Read>, Query(from): Query<From>) -> Result<Page> {
    shown(&can, &from, None).await
}

async fn shown(can: &Can<Read>, from: &From, back: Option<&Back>) -> Result<Page> {
    let plan = match can.further::<workspace_billing::Read>() {
        Ok(can) => Some(stored_plan(&can).await?),
        Err(_) => None,
    };
    let names: HashMap<Uuid, String> = match can.further::<groups::Read>() {
        Ok(can) => {
            let links = newest(&can, SUBS).await?.into_iter();
            links.filter_map(|link| Some((link.sub_workspace_id, link.sub_workspace_name?))).collect()
        }
        Err(_) => HashMap::new(),
    };
    let name = |id: &Uuid| names.get(id).cloned().unwrap_or_else(|| id.to_string());
    let caps: Vec<(String, Cap)> =
        credits::caps(can, SUBS).await?.into_iter().map(|cap| (name(&cap.sub_workspace_id), cap)).collect();
    let paging = Paging { limit: Some(ROWS), starting_after: from.starting_after };
    let ledger = credits::ledger(can, &credits::Which { paging, kind: None }).await?;
    let last = ledger.last().filter(|_| ledger.len() as i64 == ROWS).map(|entry| entry.id.to_string());
    let older = last.and_then(|last| {
        Some(SHOW.offered(can, ())?.called("Older entries").with(&[("starting_after", &last)]))
    });
    let credits = credits::show(can).await?;
    let billing = Billing {
        here: can.workspace(),
        pays: credits.payer_workspace_id == can.workspace(),
        form: CAP
            .offered(can, ())
            .filter(|_| !caps.is_empty())
            .map(|offer| limiting(can, offer, &caps, back))
            .transpose()?,
        plan,
        credits,
        caps,
        ledger,
        names,
        older,
    };
    Ok(Page::new("Billing", &billing)?.coming(back))
}

fn limiting(can: &Can<Read>, offer: Offer, caps: &[(String, Cap)], back: Option<&Back>) -> Result<Form> {
    let subs = caps.iter().map(|(name, cap)| Choice::new(cap.sub_workspace_id, name.clone())).collect();
    let form = Form::of::<CapPatch>(can, offer)?.called("Limits of a sub-workspace").back(back);
    Ok(form
        .ask(Input::new("sub_workspace_id", "Sub-workspace").choices(subs))
        .ask(Input::new("hyper", "For finding and verifying leads").help("Credits a month. Empty: no limit."))
        .ask(
            Input::new("inbox_placement", "For inbox placement tests")
                .help("Credits a month. Empty: no limit."),
        ))
}

async fn limited(can: Can<SetCaps>, posted: Posted<CapPatch>) -> Result<Reply> {
    let look = can.further::<Read>()?;
    match posted.through(async |patch| credits::set_caps(can, patch).await).await? {
        Ok(_) => Ok(Reply::to(&SHOW, ()).saying("The limits are set.")),
        Err(back) => shown(&look, &From::default(), Some(&back)).await.map(Reply::from),
    }
}
