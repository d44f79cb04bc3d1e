//! Starting and stopping the warm-up of many accounts: a job, by the right of who asked, a hundred at a step.

use super::filter::{StatusFilter, Wanted};
use super::{COLD, SHAPE, WARM, address, store};
use crate::access::{Caller, Can, accounts::Warm};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::db::{Tx, sql};
use crate::error::{Error, Result};
use crate::http::{Json, absent_not_null};
use crate::jobs::{self, Claim, Kind, New, Outcome, Progress};
use crate::resources::background_jobs::{self, BackgroundJob};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Accounts of one step.
const STEP: i64 = 100;
/// Accounts that a job lists; all are counted.
const SHOWN: usize = 1000;

#[derive(Clone, Deserialize, JsonSchema)]
pub struct Body {
    #[schemars(transform = absent_not_null, length(max = 100))]
    emails: Option<Vec<String>>,
    /// All that the caller may change, in the place of `emails`.
    #[schemars(transform = absent_not_null)]
    include_all_emails: Option<bool>,
    #[schemars(transform = absent_not_null, length(max = 100))]
    excluded_emails: Option<Vec<String>>,
    filter: Option<Filter>,
    #[schemars(transform = absent_not_null, length(max = 200))]
    search: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Filter {
    #[schemars(transform = absent_not_null)]
    tag_id: Option<String>,
    filter: Option<StatusFilter>,
}

/// What the job keeps, and its maker can read: under the names that the reference's service gives.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Data {
    filters: Filters,
    /// Which state the accounts are to have.
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
        (seen * 100).checked_div(self.total_to_process).unwrap_or(0).clamp(0, 99)
    }
}

impl Filter {
    fn tag(&self) -> Option<Uuid> {
        self.tag_id.as_ref()?.parse().ok()
    }
}

pub async fn enable(can: Can<Warm>, Json(body): Json<Body>) -> Result<Json<BackgroundJob>> {
    start(can, data(body, true)?).await
}

pub async fn disable(can: Can<Warm>, Json(body): Json<Body>) -> Result<Json<BackgroundJob>> {
    start(can, data(body, false)?).await
}

fn data(body: Body, enable: bool) -> Result<Data> {
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
        warmup_status: if enable { WARM } else { COLD },
        step: Stage::UpdateStatus,
        processed_emails: vec![],
        total_to_process: 0,
        success_count: 0,
        failed_count: 0,
    })
}

async fn start(can: Can<Warm>, data: Data) -> Result<Json<BackgroundJob>> {
    let started = can.write(async move |can, tx| {
        let mut data = data.clone();
        let there = count(can, tx, &data).await?;
        if let Some(emails) = &data.filters.emails {
            let found = store::within(can, &mut *tx, emails).await?;
            let missing = |email: &&String| !found.iter().any(|account| account.email == **email);
            let missing: Vec<String> = emails.iter().filter(missing).cloned().collect();
            missing.into_iter().for_each(|email| data.note(email, Some("Account not found")));
        }
        data.total_to_process = there + data.failed_count;
        let new = New::asked(can, Kind::UpdateWarmupAccounts, json!(data));
        let id = jobs::enqueue(can, tx, new).await?;
        let job = background_jobs::store::started(can, tx, &id).await?;
        let subject = Subject::new("workspace", can.workspace());
        let after = json!({ "job": id, "enable": data.enables(), "accounts": there });
        Ok(Change::new(subject, (), after, job).affecting(0))
    });
    started.await.map(Json)
}

async fn count(can: &Can<Warm>, tx: &mut Tx, data: &Data) -> Result<i64> {
    let wanted = data.wanted();
    let count = sql("select count(*) from accounts a where {within} and {visible} {filters}")
        .fill("{within}", can.within(&SHAPE))
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", wanted.condition(can));
    Ok(count.optional(tx).await?.unwrap_or(0))
}

/// The next hundred, in the order of their ids.
pub async fn step(app: &App, claim: &Claim) -> Result<Outcome> {
    let Some(asker) = &claim.asker else {
        return Ok(Outcome::Failed("nobody asked for it".to_owned()));
    };
    let can = Can::<Warm>::job(app, asker).await?;
    let claim = claim.clone();
    let stepped = can.write(async move |can, tx| {
        let mut data: Data = serde_json::from_value(claim.data.clone()).map_err(Error::internal)?;
        let after = claim.position.as_deref().map(str::parse).transpose().map_err(Error::internal)?;
        let next = next(can, tx, &data, after.unwrap_or(Uuid::nil())).await?;
        let updated = warm(can, tx, &next, data.enables()).await?;
        for (email, status) in outcome(can, tx, &next).await? {
            let refused = (status != data.warmup_status).then_some("The warm-up of this account is blocked");
            data.note(email, refused);
        }
        let done = (next.len() as i64) < STEP;
        if done {
            data.step = Stage::Done;
        }
        let progress = Progress {
            position: next.last().map(Uuid::to_string).or(claim.position.clone()),
            percent: if done { 100 } else { data.percent() },
            data: json!(data),
            done,
        };
        jobs::advance(&claim, tx, can.now(), progress.clone()).await?;
        can.app().fault("inside a step")?;
        let subject = Subject::new("workspace", can.workspace());
        let changes = json!({ "job": claim.id, "enable": data.enables(), "accounts": next });
        Ok(Change::new(subject, (), changes, Outcome::Moved(progress)).affecting(updated as usize))
    });
    stepped.await
}

async fn next(can: &Can<Warm>, tx: &mut Tx, data: &Data, after: Uuid) -> Result<Vec<Uuid>> {
    let wanted = data.wanted();
    sql("select a.id from accounts a where a.id > $1 and {within} and {visible} {filters} order by a.id limit $2")
        .bind(after)
        .bind(STEP)
        .fill("{within}", can.within(&SHAPE))
        .fill("{visible}", can.visible(&SHAPE))
        .fill("{filters}", wanted.condition(can))
        .all(tx)
        .await
}

async fn outcome(can: &Caller, tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(String, i64)>> {
    sql("select email, warmup_status from accounts where workspace_id = $1 and id in ({ids}) order by id")
        .bind(can.workspace())
        .fill_list("{ids}", ids)
        .all(tx)
        .await
}

/// Banned and suspended ones stay so. Who was warm already is not counted.
async fn warm(can: &Caller, tx: &mut Tx, ids: &[Uuid], enable: bool) -> Result<u64> {
    let (from, to) = if enable { ((COLD, -2), WARM) } else { ((WARM, -2), COLD) };
    sql("update accounts set warmup_status = $2, modified_by = $3, timestamp_updated = $4, \
         timestamp_warmup_start = case when $7 then coalesce(timestamp_warmup_start, $4) \
         else timestamp_warmup_start end \
         where workspace_id = $1 and warmup_status in ($5, $6) and id in ({ids})")
    .bind(can.workspace())
    .bind(to)
    .bind(can.user())
    .bind(can.now())
    .bind(from.0)
    .bind(from.1)
    .bind(enable)
    .fill_list("{ids}", ids)
    .run(tx)
    .await
}
