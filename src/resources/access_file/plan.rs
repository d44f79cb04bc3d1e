//! What a file would change. `plan` only tells it; `apply` does exactly that.

use super::claims;
use super::fault::Faults;
use super::file::File;
use super::ground::Ground;
use super::impact::impact;
use super::merge::{self, Wanted};
use super::parts::{Part, parts};
use super::rails::{self, Case, Judged, Kind};
use super::read;
use super::report::{Impact, Note, Outcome, Plan, Tested};
use super::state::{self, State};
use crate::access::{Caller, Can, access::Plan as MayPlan};
use crate::db::Source;
use crate::error::{Error, Result};
use crate::http::absent_not_null;
use crate::resources::workspace_members;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// The most parts of one application.
const MOST: usize = 2000;

/// What a caller allows.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
pub struct Allowing {
    /// What the plan counts as a surprise, and exactly how often: `raise-role=1,lower-role=2`.
    #[schemars(length(max = 400))]
    pub allow: Option<String>,
    /// How many members besides the owner must be able to apply files afterwards. The default is 1.
    #[schemars(transform = absent_not_null, range(min = 0, max = 1000))]
    pub least_admins: Option<i64>,
}

/// A plan, and everything that it was made from.
pub struct Planned {
    pub state: State,
    pub wanted: Wanted,
    pub parts: Vec<Part>,
    pub judged: Judged,
    pub tests: Vec<Tested>,
    pub digest: String,
    pub digest_after: String,
}

/// A file and its text, which messages about it show.
pub struct AccessText {
    pub text: String,
    pub file: File,
}

impl AccessText {
    pub fn read(text: String) -> Result<AccessText, Faults> {
        let file = read::file(&text)?;
        Ok(AccessText { text, file })
    }
}

pub async fn plan(can: &Can<MayPlan>, source: &AccessText, allowing: &Allowing) -> Result<Plan> {
    let planned = planned(can, can.reader(), source, allowing).await?;
    let impact = impact(can, &planned.state, &planned.wanted.model).await?;
    Ok(planned.told(impact))
}

/// Reads the state, and compares it with the file. Inside a transaction, this is what is applied.
pub async fn planned(
    can: &Caller,
    from: impl Into<Source<'_>>,
    source: &AccessText,
    allowing: &Allowing,
) -> Result<Planned> {
    let mut from = from.into();
    let file = &source.file;
    state::demand(can, file)?;
    let state = state::read(can, from.again()).await?;
    let mut wanted = merge::wanted(&source.text, &state, file)?;
    let parts = parts(&state.model, &wanted.model, &wanted.lines);
    if parts.len() > MOST {
        let many = parts.len();
        return Err(Error::Invalid(format!(
            "this file makes {many} changes; apply at most {MOST} at once, in several files"
        )));
    }
    let (digest, digest_after) = (state.model.digest(), wanted.model.digest());
    let allow = allowed(file, &digest, allowing, &mut wanted.notes)?;
    let caller = rails::caller(can, &state.ids);
    let invited = workspace_members::sent_in_a_day(can, from.again()).await?;
    let case = Case {
        before: &state.model,
        after: &wanted.model,
        senders: &state.senders,
        caller: caller.as_deref(),
        least_admins: allowing.least_admins.unwrap_or(1),
        invited,
    };
    let judged = rails::judge(&case, &allow);
    let ground = Ground::read(can, from, &state, file).await?;
    let tests = claims::judge(file, &ground, &state.ids, &wanted.model);
    Ok(Planned { state, wanted, parts, judged, tests, digest, digest_after })
}

/// What the file allows for this state, and what the caller allows.
fn allowed(
    file: &File,
    digest: &str,
    allowing: &Allowing,
    notes: &mut Vec<Note>,
) -> Result<BTreeMap<String, i64>> {
    let mut allow = BTreeMap::new();
    match &file.allow_for {
        Some(state) if digest.starts_with(state.as_str()) => allow.extend(file.allow.clone()),
        Some(_) => {
            let text = "`allow` was written for another state, and does not count; plan again".to_owned();
            notes.push(Note { line: None, text });
        }
        None => (),
    }
    for word in allowing.allow.iter().flat_map(|text| text.split(',')).filter(|word| !word.trim().is_empty())
    {
        let pair = word.trim().split_once('=');
        let known = pair.and_then(|(name, count)| {
            let count = count.parse::<i64>().ok().filter(|count| *count > 0)?;
            Kind::of(name).map(|kind| (kind.name().to_owned(), count))
        });
        let names = || Kind::ALL.map(Kind::name).join(", ");
        let wrong = || {
            let names = names();
            Error::Invalid(format!(
                "querystring/allow must be such as `raise-role=1,lower-role=2`; the names are {names}"
            ))
        };
        let (name, count) = known.ok_or_else(wrong)?;
        allow.insert(name, count);
    }
    Ok(allow)
}

impl Planned {
    pub fn outcome(&self) -> Outcome {
        match () {
            () if !self.judged.holds() => Outcome::Refused,
            () if self.tests.iter().any(|tested| !tested.holds) => Outcome::Failed,
            () if self.parts.is_empty() => Outcome::Same,
            () => Outcome::Differs,
        }
    }

    /// The answer.
    pub fn told(self, impact: Impact) -> Plan {
        let outcome = self.outcome();
        let changes =
            self.parts.iter().map(|part| part.change(&self.state.model, &self.wanted.model)).collect();
        Plan {
            outcome,
            workspace_id: self.state.workspace.id,
            workspace_name: self.state.workspace.name,
            state: self.digest,
            state_after: self.digest_after,
            notes: self.wanted.notes,
            changes,
            impact,
            rails: self.judged.verdicts,
            allow: self.judged.counts,
            tests: self.tests,
        }
    }
}
