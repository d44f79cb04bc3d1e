//! Verifies the leads that wait for it since they were added. It is a job, which acts with the rights of the caller who
//! added them, and verifies all waiting leads within their reach.

use super::answer::of_a_lead;
use super::facts::Facts;
use super::finding::Finding;
use super::{EmailVerification, look_up, store};
use crate::access::{Can, leads::Verify};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::jobs::{self, Claim, Outcome};
use crate::resources::credits::{self, Kind};
use crate::resources::leads;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// Leads of one step. Their look-ups must end within the lease.
const STEP: i64 = 200;

/// What the job stores: how many leads have which result.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Counts {
    verified: i64,
    invalid: i64,
    risky: i64,
    pending: i64,
    /// Left without a result, because there were not enough credits.
    not_paid: i64,
    credits_used: i64,
}

impl Counts {
    fn leads(&self) -> i64 {
        self.verified + self.invalid + self.risky + self.pending + self.not_paid
    }

    fn add(&mut self, status: Option<i64>, leads: usize) {
        let count = match status {
            Some(1) => &mut self.verified,
            Some(-1) => &mut self.invalid,
            Some(-2) => &mut self.risky,
            Some(_) => &mut self.pending,
            None => &mut self.not_paid,
        };
        *count += leads as i64;
    }
}

/// What a step knows about addresses before its transaction.
struct Findings {
    kept: HashMap<String, Finding>,
    new: HashMap<String, Finding>,
    /// There were no credits, so the others are not looked up.
    broke: bool,
}

impl Findings {
    async fn of(can: &Can<Verify>, emails: &[String]) -> Result<Findings> {
        let kept = store::kept(can, can.reader(), emails).await?;
        let others: Vec<String> = emails.iter().filter(|email| !kept.contains_key(*email)).cloned().collect();
        let broke = credits::available(can, can.reader(), Kind::Hyper).await? == Some(0);
        let new = if broke { HashMap::new() } else { look_up::many(can, &others).await };
        Ok(Findings { kept, new, broke })
    }

    /// Pays for the new findings of these addresses, as far as the credits go, and keeps them. A look-up without an
    /// answer costs nothing.
    async fn paid(
        &self,
        can: &Can<Verify>,
        tx: &mut Tx,
        emails: &BTreeSet<String>,
    ) -> Result<HashMap<String, Finding>> {
        let new: Vec<(&String, Finding)> =
            emails.iter().filter_map(|email| Some((email, *self.new.get(email)?))).collect();
        let (costly, free): (Vec<_>, Vec<_>) = new.into_iter().partition(|(_, finding)| finding.is_known());
        let left = credits::available(can, &mut *tx, Kind::Hyper).await?;
        let most = left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(0));
        let paid: Vec<_> = costly.into_iter().take(most).collect();
        store::pay(can, tx, paid.len() as i64).await?;
        let record = |(email, finding): &(&String, Finding), cost| {
            EmailVerification::new(can, (*email).clone(), *finding, cost)
        };
        let kept = free.iter().filter(|(_, finding)| *finding != Finding::Malformed);
        let records: Vec<_> =
            paid.iter().map(|new| record(new, 1)).chain(kept.map(|new| record(new, 0))).collect();
        store::keep(can, tx, &records).await?;
        Ok(paid.into_iter().chain(free).map(|(email, finding)| (email.clone(), finding)).collect())
    }
}

/// The next waiting leads. Their domains are looked up outside the transaction. Inside, each lead must still wait.
pub async fn verify_leads_step(app: &App, claim: &Claim) -> Result<Outcome> {
    let can = Can::<Verify>::job(app, claim.asker()?).await?;
    let claim = claim.clone();
    let before: Counts = serde_json::from_value(claim.data.clone()).map_err(Error::internal)?;
    let waiting = leads::waiting(&can, STEP).await?;
    let ids: Vec<Uuid> = waiting.iter().map(|(id, _)| *id).collect();
    let emails: BTreeSet<String> = waiting.into_iter().map(|(_, email)| email).collect();
    let emails: Vec<String> = emails.into_iter().collect();
    let findings = Findings::of(&can, &emails).await?;
    if !ids.is_empty() && findings.kept.is_empty() && findings.new.is_empty() && !findings.broke {
        return Ok(Outcome::Later("there was no room for look-ups".to_owned()));
    }
    can.write(async move |can, tx| {
        let leads = leads::still_waiting(can, tx, &ids).await?;
        let there: BTreeSet<String> = leads.iter().map(|(_, email)| email.clone()).collect();
        let paid = findings.paid(can, tx, &there).await?;
        let facts = Facts::of(can, &mut *tx, &emails).await?;
        let mut results: BTreeMap<Option<i64>, Vec<Uuid>> = BTreeMap::new();
        for (id, email) in leads {
            let finding = findings.kept.get(&email).or_else(|| paid.get(&email));
            let result = finding.map(|finding| of_a_lead(&email, *finding, facts.about(&email)));
            // Without a finding, a lead waits for the next step unless nobody can pay for it.
            if result.is_some() || findings.broke || findings.new.contains_key(&email) {
                results.entry(result).or_default().push(id);
            }
        }
        let mut step = Counts::default();
        for (result, ids) in &results {
            leads::set_verification(can, tx, *result, ids).await?;
            step.add(*result, ids.len());
        }
        step.credits_used = paid.values().filter(|finding| finding.is_known()).count() as i64;
        let after = before.and(&step);
        let done = !leads::is_any_waiting(can, tx).await?;
        let percent = jobs::percent(after.leads(), after.leads() + STEP);
        let progress = claim.progress(None, (percent, done), json!(after));
        jobs::advance(&claim, tx, can.now(), progress.clone()).await?;
        can.app().fault("inside a step")?;
        let facts = json!({ "job": claim.id, "results": step });
        let subject = Subject::new("workspace", can.workspace());
        let leads = step.leads() as usize;
        Ok(Change::new(subject, (), facts, Outcome::Moved(progress)).affecting(leads))
    })
    .await
}

impl Counts {
    fn and(&self, step: &Counts) -> Counts {
        Counts {
            verified: self.verified + step.verified,
            invalid: self.invalid + step.invalid,
            risky: self.risky + step.risky,
            pending: self.pending + step.pending,
            not_paid: self.not_paid + step.not_paid,
            credits_used: self.credits_used + step.credits_used,
        }
    }
}
