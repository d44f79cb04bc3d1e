//! Spreads leads over members. It is a job, which acts with the rights of the caller who asked for it.

use super::selection::{Selection, filtered, position};
use super::store;
use crate::access::{Can, leads::Assign};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::db::{Part, Tx};
use crate::error::{Error, Result};
use crate::http::absent_not_null;
use crate::jobs::{self, Claim, Kind, New, Outcome};
use crate::resources::members::named;
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Leads of one step. Their ids fit into an audit row.
const STEP: usize = 300;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AssignLeads {
    #[serde(flatten)]
    selection: Selection,
    #[schemars(transform = absent_not_null, extend("enum" = super::filter::names()))]
    filter: Option<String>,
    /// Users, who get the leads in turn.
    #[schemars(length(min = 1, max = 100))]
    organization_user_ids: Vec<Uuid>,
    /// This server has no smart views, so any id selects nothing.
    #[schemars(transform = absent_not_null)]
    smart_view_id: Option<Uuid>,
    /// How many leads to assign. The default is all that match.
    #[schemars(transform = absent_not_null, range(min = 0, max = 1_000_000_000))]
    limit: Option<i64>,
    /// Assigned to this user now.
    #[schemars(transform = absent_not_null)]
    assigned_to: Option<Uuid>,
    /// Has no effect. It concerns filters of the web app.
    #[schemars(transform = absent_not_null)]
    has_clause: Option<bool>,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Assigning {
    #[schemars(default)]
    status: &'static str,
    #[schemars(default)]
    message: &'static str,
    /// The job: `GET /api/v2/background-jobs/{id}`.
    #[schemars(extend("x-gatepost-extension" = true))]
    background_job_id: String,
}

/// What the job stores.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Data {
    filters: AssignLeads,
    total_to_process: i64,
    assigned_leads: i64,
}

impl AssignLeads {
    /// All that match, or only the named ones.
    pub fn chosen(self, all: bool) -> AssignLeads {
        AssignLeads { selection: self.selection.of(all), ..self }
    }

    /// Conditions on `leads l`.
    fn condition(&self, now: Time, out: &mut Part) {
        self.selection.condition(now, out);
        filtered(self.filter.as_deref(), out);
        out.given(self.assigned_to, " and l.assigned_to = ", "");
        if self.smart_view_id.is_some() {
            out.push(" and false");
        }
    }

    /// The users. They must still be members.
    async fn users(&self, can: &Can<Assign>, tx: &mut Tx) -> Result<Vec<Uuid>> {
        let mut users = Vec::with_capacity(self.organization_user_ids.len());
        for (at, id) in self.organization_user_ids.iter().enumerate() {
            let field = format!("organization_user_ids/{at}");
            users.push(named(can, tx, &field, &id.to_string()).await?.user);
        }
        Ok(users)
    }
}

pub async fn bulk_assign(can: Can<Assign>, wanted: AssignLeads) -> Result<Assigning> {
    let now = can.now();
    let there = store::count(&can, |out| wanted.condition(now, out)).await?;
    can.write(async move |can, tx| {
        let users = wanted.users(can, tx).await?;
        let total_to_process = wanted.limit.map_or(there, |limit| limit.min(there));
        let data = Data { filters: wanted.clone(), total_to_process, assigned_leads: 0 };
        let id = jobs::enqueue(can, tx, New::asked(can, Kind::AssignLeads, json!(data))).await?;
        let after = json!({ "job": id, "leads": total_to_process, "users": users });
        let message = "Your request will be processed in a background job";
        let answer = Assigning { status: "accepted", message, background_job_id: id };
        Ok(Change::new(Subject::new("workspace", can.workspace()), (), after, answer).affecting(0))
    })
    .await
}

/// Assigns the next leads, in the order of their ids. They are looked for outside the transaction, because a search can take
/// long. Inside, each of them has to match again.
pub async fn assign_step(app: &App, claim: &Claim) -> Result<Outcome> {
    let can = Can::<Assign>::job(app, claim.asker()?).await?;
    let claim = claim.clone();
    let data: Data = serde_json::from_value(claim.data.clone()).map_err(Error::internal)?;
    let since = claim.created_at;
    let order = position(data.filters.selection.ids.is_some());
    let next =
        store::next(&can, (claim.after()?, order), STEP, |out| data.filters.condition(since, out)).await?;
    can.write(async move |can, tx| {
        let (mut data, wanted) = (data.clone(), &data.filters);
        let users = wanted.users(can, tx).await?;
        let leads = store::those(can, tx, &next, |out| wanted.condition(since, out)).await?;
        let left = wanted.limit.map_or(usize::MAX, |limit| (limit - data.assigned_leads).max(0) as usize);
        let turn = (data.assigned_leads as usize).checked_rem(users.len()).unwrap_or(0);
        let mut parts: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
        for (lead, user) in leads.iter().take(left).zip(users.iter().cycle().skip(turn)) {
            parts.entry(*user).or_default().push(lead.id);
        }
        for (user, leads) in &parts {
            store::assign(can, tx, *user, leads).await?;
        }
        let assigned = parts.values().map(Vec::len).sum::<usize>();
        data.assigned_leads += assigned as i64;
        let done = next.len() < STEP || wanted.limit.is_some_and(|limit| data.assigned_leads >= limit);
        let percent = jobs::percent(data.assigned_leads, data.total_to_process);
        let progress = claim.progress(next.last(), (percent, done), json!(data));
        jobs::advance(&claim, tx, can.now(), progress.clone()).await?;
        can.app().fault("inside a step")?;
        let facts = json!({ "job": claim.id, "assigned": parts });
        let subject = Subject::new("workspace", can.workspace());
        Ok(Change::new(subject, (), facts, Outcome::Moved(progress)).affecting(assigned))
    })
    .await
}
