//! The figures of each step and variant.

use super::figures::{Sums, Touches, sums};
use super::opportunities::{Opportunity, opportunities};
use super::{Wanted, store};
use crate::access::{Can, campaigns::Read};
use crate::error::Result;
use crate::http::absent_not_null;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The numbers that leads with these labels have.
const MEETING_BOOKED: i64 = 2;
const WON: i64 = 4;

#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[schemars(transform = place_required)]
pub struct StepFigures {
    /// The number of the step, from 0. Null for opportunities of leads that got no mail.
    pub step: Option<String>,
    /// The number of the variant, from 0: 0 is variant A.
    pub variant: Option<String>,
    pub sent: i64,
    #[serde(flatten)]
    pub touches: Touches,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub opportunities: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub unique_opportunities: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub meetings_booked: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    pub won: Option<i64>,
    /// Mails for which the server does not know whether they were sent.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub unconfirmed: i64,
}

/// `step` and `variant` can be null, but are always present.
fn place_required(schema: &mut schemars::Schema) {
    if let Some(Value::Array(mut required)) = schema.remove("required") {
        required.extend(["step", "variant"].map(Value::from));
        schema.insert("required".to_owned(), Value::Array(required));
    }
}

type Place = (Option<i64>, Option<i64>);

/// Steps in their order. An opportunity belongs to the last mail before it.
pub async fn steps(can: &Can<Read>, wanted: &Wanted, with_opportunities: bool) -> Result<Vec<StepFigures>> {
    let mut all = BTreeMap::<Place, StepFigures>::new();
    for ((step, variant), sums) in
        sums(can, wanted, |days| store::by_step(can, wanted, days), |mail| (mail.step, mail.variant)).await?
    {
        let Sums { sent, unconfirmed, .. } = sums;
        let figures = StepFigures { sent, unconfirmed, ..StepFigures::default() };
        all.insert((Some(step), Some(variant)), figures);
    }
    if with_opportunities {
        for one in opportunities(store::labels(can, wanted).await?, &wanted.range) {
            count(all.entry((one.step, one.variant)).or_default(), &one);
        }
    }
    let zero = |count: Option<i64>| with_opportunities.then(|| count.unwrap_or_default());
    let of = |((step, variant), figures): (Place, StepFigures)| StepFigures {
        step: step.map(|step| step.to_string()),
        variant: variant.map(|variant| variant.to_string()),
        opportunities: zero(figures.opportunities),
        unique_opportunities: zero(figures.unique_opportunities),
        meetings_booked: zero(figures.meetings_booked),
        won: zero(figures.won),
        ..figures
    };
    Ok(all.into_iter().map(of).collect())
}

fn count(figures: &mut StepFigures, one: &Opportunity) {
    let add =
        |count: &mut Option<i64>, more: bool| *count = Some(count.unwrap_or_default() + i64::from(more));
    add(&mut figures.opportunities, true);
    add(&mut figures.unique_opportunities, one.is_first);
    add(&mut figures.meetings_booked, one.is_first && one.now == Some(MEETING_BOOKED));
    add(&mut figures.won, one.is_first && one.now == Some(WON));
}
