//! Sets the interest of all leads that have an address. It is a job, which acts with the rights of the caller who asked for
//! it.

use super::{Lead, store, subject};
use crate::access::{Can, leads::SetInterest};
use crate::app::App;
use crate::audit::{Change, Subject};
use crate::db::Part;
use crate::error::{Error, Result};
use crate::http::{absent_not_null, address};
use crate::jobs::{self, Claim, Kind, New, Outcome};
use crate::resources::events;
use crate::resources::lead_labels::check_number;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

/// Leads of one step. Their ids fit into an audit row.
const STEP: usize = 300;

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(transform = needs_a_value)]
pub struct Interest {
    #[schemars(length(min = 1, max = 254))]
    lead_email: String,
    /// A number of the reference, or the `interest_status` of a label of the workspace. With null the leads have none.
    #[schemars(with = "Option<f64>")]
    interest_value: Option<i64>,
    /// Only leads of this campaign.
    #[schemars(transform = absent_not_null)]
    campaign_id: Option<Uuid>,
    /// Only leads of this list.
    #[schemars(transform = absent_not_null)]
    list_id: Option<Uuid>,
    /// Has no effect, because this server has no model whose value it could keep.
    #[schemars(transform = absent_not_null)]
    ai_interest_value: Option<f64>,
    /// Has no effect, because this server never sets an interest by itself.
    #[schemars(transform = absent_not_null)]
    disable_auto_interest: Option<bool>,
}

/// The value can be null, but it must be there.
fn needs_a_value(schema: &mut Schema) {
    schema.insert("required".to_owned(), json!(["lead_email", "interest_value"]));
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Setting {
    #[schemars(default)]
    message: &'static str,
    /// The job: `GET /api/v2/background-jobs/{id}`.
    #[schemars(extend("x-gatepost-extension" = true))]
    background_job_id: String,
}

/// What the job stores.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Data {
    wanted: Interest,
    total_to_process: i64,
    /// Leads that had the value before are not counted.
    changed_leads: i64,
}

impl Interest {
    /// Conditions on `leads l`.
    fn condition(&self, out: &mut Part) {
        out.push(" and l.email = ").bind(address(&self.lead_email));
        out.given(self.campaign_id, " and l.campaign_id = ", "");
        out.given(self.list_id, " and l.list_id = ", "");
    }
}

/// Answers 404 if the caller sees no such lead, and 403 if they see some and can change none of them.
pub async fn set_interest(can: Can<SetInterest>, wanted: Interest) -> Result<Setting> {
    let total_to_process = store::count(&can, |out| wanted.condition(out)).await?;
    can.write(async move |can, tx| {
        check_number(can, tx, "interest_value", wanted.interest_value).await?;
        let found = store::nearest(can, tx, |out| wanted.condition(out)).await?;
        if let Some((lead, _)) = found {
            can.is_about("lead", lead);
        }
        let lead = can.admit(found)?;
        let data = json!(Data { wanted: wanted.clone(), total_to_process, changed_leads: 0 });
        let job = jobs::enqueue(can, tx, New::asked(can, Kind::SetInterest, data)).await?;
        let message = "Lead interest status update background job submitted";
        let after = json!({ "job": job, "interest_value": wanted.interest_value });
        let answer = Setting { message, background_job_id: job };
        Ok(Change::new(Subject::new("lead", lead), (), after, answer).affecting(0))
    })
    .await
}

/// Changes the next leads, in the order of their ids. They are looked for outside the transaction. Inside, each of them has
/// to match again, and the number must still be that of a label.
pub async fn interest_step(app: &App, claim: &Claim) -> Result<Outcome> {
    let can = Can::<SetInterest>::job(app, claim.asker()?).await?;
    let claim = claim.clone();
    let data: Data = serde_json::from_value(claim.data.clone()).map_err(Error::internal)?;
    let next = store::next(&can, (claim.after()?, "l.id"), STEP, |out| data.wanted.condition(out)).await?;
    can.write(async move |can, tx| {
        let (mut data, wanted) = (data.clone(), &data.wanted);
        let value = wanted.interest_value;
        check_number(can, tx, "interest_value", value).await?;
        let mut leads = store::those(can, tx, &next, |out| wanted.condition(out)).await?;
        leads.retain(|lead| lead.lt_interest_status != value);
        let ids: Vec<Uuid> = leads.iter().map(|lead| lead.id).collect();
        store::set_interest(can, tx, value, &ids).await?;
        for lead in &leads {
            events::interest_changed(can, tx, (lead.id, lead.campaign), value).await?;
        }
        data.changed_leads += ids.len() as i64;
        let percent = jobs::percent(data.changed_leads, data.total_to_process);
        let progress = claim.progress(next.last(), (percent, next.len() < STEP), json!(data));
        jobs::advance(&claim, tx, can.now(), progress.clone()).await?;
        can.app().fault("inside a step")?;
        let facts = json!({ "job": claim.id, "interest_value": value, "leads": ids });
        Ok(told(can.workspace(), &leads, facts, Outcome::Moved(progress)).affecting(ids.len()))
    })
    .await
}

/// The change of a step. One lead is named as the record that was changed.
fn told(workspace: Uuid, leads: &[Lead], facts: serde_json::Value, outcome: Outcome) -> Change<Outcome> {
    match leads {
        [lead] => {
            let before = json!({ "interest_value": lead.lt_interest_status });
            Change::new(subject(lead), before, facts, outcome).inside(lead.campaign, lead.list_id)
        }
        _ => Change::new(Subject::new("workspace", workspace), (), facts, outcome),
    }
}
