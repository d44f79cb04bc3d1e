//! Starts and stops the warm-up of many accounts. It is a job, which acts with the rights of the caller who asked for it.

use super::filter::{StatusFilter, Wanted};
use super::{COLD, WARM, address, store};
use crate::access::{Can, Seen, accounts::Warm};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::error::{Error, Result};
use crate::http::{absent_not_null, nullable, optional_not_null};
use crate::jobs::{self, Claim, Kind, New, Outcome};
use crate::resources::background_jobs::{self, BackgroundJob};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Accounts of one step.
const STEP: i64 = 100;
/// Accounts that a job lists. It counts all of them.
const SHOWN: usize = 1000;

#[derive(Clone, Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct WarmupAccounts {
    #[schemars(length(max = 100))]
    emails: Option<Vec<String>>,
    /// Instead of `emails`: all accounts that the caller can change.
    include_all_emails: Option<bool>,
    #[schemars(length(max = 100))]
    excluded_emails: Option<Vec<String>>,
    #[schemars(transform = nullable)]
    filter: Option<Filter>,
    #[schemars(length(max = 200))]
    search: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Filter {
    #[schemars(transform = absent_not_null)]
    tag_id: Option<String>,
    filter: Option<StatusFilter>,
}

/// What the job stores. Its caller reads it under the names of the reference.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Data {
    filters: Filters,
    /// The status that the job sets.
    warmup_status: i64,
    step: Stage,
    /// The first [`SHOWN`] of them.
    processed_emails: Vec<Processed>,
    total_to_process: i64,
    success_count: i64,
    failed_count: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filters {
    emails: Option<Vec<String>>,
    include_all_emails: Option<bool>,
    excluded_emails: Option<Vec<String>>,
    filter: Option<Filter>,
    search: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Stage {
    UpdateStatus,
    Done,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Processed {
    email: String,
    status: Fate,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Fate {
    Success,
    Failed,
}

impl Data {
    fn wanted(&self) -> Wanted {
        let filters = &self.filters;
        Wanted {
            search: filters.search.clone(),
            filter: filters.filter.as_ref().and_then(|filter| filter.filter),
            tags: filters.filter.as_ref().and_then(Filter::tag).map(|tag| vec![tag]),
            emails: filters.emails.clone(),
            excluded: filters.excluded_emails.clone().unwrap_or_default(),
            ..Wanted::default()
        }
    }

    fn enables(&self) -> bool {
        self.warmup_status == WARM
    }

    fn note(&mut self, email: String, error: Option<&str>) {
        let status = if error.is_some() { Fate::Failed } else { Fate::Success };
        match status {
            Fate::Success => self.success_count += 1,
            Fate::Failed => self.failed_count += 1,
        }
        if self.processed_emails.len() < SHOWN {
            self.processed_emails.push(Processed { email, status, error: error.map(str::to_owned) });
        }
    }

    fn percent(&self) -> i64 {
        let seen = self.success_count + self.failed_count;
        jobs::percent(seen, self.total_to_process)
    }
}

impl Filter {
    fn tag(&self) -> Option<Uuid> {
        self.tag_id.as_ref()?.parse().ok()
    }
}

pub async fn enable_warmup(can: Can<Warm>, wanted: WarmupAccounts) -> Result<Seen<BackgroundJob>> {
    start(can, data(wanted, WARM)?).await
}

pub async fn disable_warmup(can: Can<Warm>, wanted: WarmupAccounts) -> Result<Seen<BackgroundJob>> {
    start(can, data(wanted, COLD)?).await
}

fn data(body: WarmupAccounts, warmup_status: i64) -> Result<Data> {
    let form = |emails: Vec<String>| {
        let distinct: BTreeSet<String> = emails.iter().map(|email| address(email)).collect();
        distinct.into_iter().collect::<Vec<_>>()
    };
    let all = body.include_all_emails == Some(true);
    let filter = body.filter.filter(|_| all);
    if filter.as_ref().is_some_and(|filter| filter.tag_id.is_some() && filter.tag().is_none()) {
        return Err(Error::invalid("body/filter/tag_id must match format \"uuid\""));
    }
    let emails = if all { None } else { body.emails.map(form) };
    if !all && emails.as_ref().is_none_or(Vec::is_empty) {
        return Err(Error::invalid("body must have required property 'emails', or 'include_all_emails'"));
    }
    let filters = Filters {
        emails,
        include_all_emails: all.then_some(true),
        excluded_emails: body.excluded_emails.filter(|_| all).map(form),
        filter,
        search: body.search.filter(|_| all),
    };
    Ok(Data {
        filters,
        warmup_status,
        step: Stage::UpdateStatus,
        processed_emails: vec![],
        total_to_process: 0,
        success_count: 0,
        failed_count: 0,
    })
}

async fn start(can: Can<Warm>, data: Data) -> Result<Seen<BackgroundJob>> {
    can.write(async move |can, tx| {
        let mut data = data.clone();
        let there = store::count(can, tx, &data.wanted()).await?;
        if let Some(emails) = &data.filters.emails {
            let found = store::within(can, &mut *tx, emails).await?;
            let missing = |email: &&String| !found.iter().any(|account| account.email == **email);
            let missing: Vec<String> = emails.iter().filter(missing).cloned().collect();
            missing.into_iter().for_each(|email| data.note(email, Some("Account not found")));
        }
        data.total_to_process = there + data.failed_count;
        let new = New::asked(can, Kind::UpdateWarmupAccounts, json!(data));
        let id = jobs::enqueue(can, tx, new).await?;
        let job = background_jobs::started(can, tx, &id).await?;
        let subject = Subject::new("workspace", can.workspace());
        let after = json!({ "job": id, "enable": data.enables(), "accounts": there });
        Ok(Change::new(subject, (), after, job).affecting(0))
    })
    .await
}

/// The next hundred, in the order of their ids.
pub async fn warmup_step(app: &App, claim: &Claim) -> Result<Outcome> {
    let can = Can::<Warm>::job(app, claim.asker()?).await?;
    let claim = claim.clone();
    can.write(async move |can, tx| {
        let mut data: Data = serde_json::from_value(claim.data.clone()).map_err(Error::internal)?;
        let next = store::next(can, tx, &data.wanted(), claim.after()?, STEP).await?;
        let updated = store::warm(can, tx, &next, data.enables()).await?;
        for (email, status) in store::warmup_statuses(can, tx, &next).await? {
            let refused = (status != data.warmup_status).then_some("The warm-up of this account is blocked");
            data.note(email, refused);
        }
        let done = (next.len() as i64) < STEP;
        if done {
            data.step = Stage::Done;
        }
        let progress = claim.progress(next.last(), (data.percent(), done), json!(data));
        jobs::advance(&claim, tx, can.now(), progress.clone()).await?;
        can.app().fault("inside a step")?;
        let subject = Subject::new("workspace", can.workspace());
        let changes = json!({ "job": claim.id, "enable": data.enables(), "accounts": next });
        Ok(Change::new(subject, (), changes, Outcome::Moved(progress)).affecting(updated as usize))
    })
    .await
}
