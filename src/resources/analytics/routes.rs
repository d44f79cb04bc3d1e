//! The JSON face of analytics.

use super::{CampaignDay, CampaignFigures, Overview, Range, StepFigures, Wanted};
use crate::access::{Can, campaigns::Read};
use crate::error::Result;
use crate::http::{Json, Query, optional_not_null};
use crate::resources::operations;
use crate::time::Time;
use schemars::JsonSchema;
use serde::Deserialize;
use uuid::Uuid;

operations! {
    /// Get the figures of campaigns
    ///
    /// Counts only campaigns that the caller sees. Days are UTC days. A range of whole days includes its last day, and a
    /// time of midnight stands for that whole day. A range with a time of day has at most 31 days. Opens, clicks and
    /// replies are 0, because this server does not track or read them yet. An answer has at most 1,000 campaigns.
    GET "/api/v2/campaigns/analytics" => campaigns as "getCampaignAnalytics";

    /// Get the figures of several campaigns together
    ///
    /// Counts only campaigns that the caller sees. An opportunity is the first positive label of a lead in a campaign,
    /// or each of them with `expand_crm_events`. A label that is set within ten minutes of the previous one is a
    /// correction and does not count.
    GET "/api/v2/campaigns/analytics/overview" => overview as "getCampaignAnalyticsOverview";

    /// Get the daily figures of campaigns
    ///
    /// Counts only campaigns that the caller sees. Days without mails and opportunities are left out.
    GET "/api/v2/campaigns/analytics/daily" => daily as "getDailyCampaignAnalytics";

    /// Get the figures of the steps of campaigns
    ///
    /// Counts only campaigns that the caller sees. Steps and variants are numbered from 0. An opportunity counts for
    /// the last mail before it.
    GET "/api/v2/campaigns/analytics/steps" => steps as "getCampaignStepsAnalytics";
}

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
struct Chosen {
    /// A campaign.
    id: Option<Uuid>,
    /// Several campaigns. The default is all that the caller sees.
    #[schemars(length(max = 200))]
    ids: Option<Vec<Uuid>>,
    /// The first day, `YYYY-MM-DD`, or a time.
    start_date: Option<String>,
    /// The last day, which is included, or a time.
    end_date: Option<String>,
    /// Sets `leads_count` to 0. Counting it takes the most time.
    exclude_total_leads_count: Option<bool>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
struct ChosenTogether {
    /// A campaign.
    id: Option<Uuid>,
    /// Several campaigns. The default is all that the caller sees.
    #[schemars(length(max = 200))]
    ids: Option<Vec<Uuid>>,
    /// The first day, `YYYY-MM-DD`, or a time.
    start_date: Option<String>,
    /// The last day, which is included, or a time.
    end_date: Option<String>,
    #[schemars(with = "Option<f64>", extend("enum" = [-99, -1, -2, 0, 1, 2, 3, 4]))]
    campaign_status: Option<i64>,
    /// Counts every positive label of a lead, and not only the first.
    expand_crm_events: Option<bool>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
struct ChosenDays {
    /// A campaign. The default is all that the caller sees.
    campaign_id: Option<Uuid>,
    /// The first day, `YYYY-MM-DD`, or a time.
    start_date: Option<String>,
    /// The last day, which is included, or a time.
    end_date: Option<String>,
    #[schemars(with = "Option<f64>", extend("enum" = [-99, -1, -2, 0, 1, 2, 3, 4]))]
    campaign_status: Option<i64>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
struct ChosenSteps {
    /// A campaign. The default is all that the caller sees.
    campaign_id: Option<Uuid>,
    /// The first day, `YYYY-MM-DD`, or a time.
    start_date: Option<String>,
    /// The last day, which is included, or a time.
    end_date: Option<String>,
    /// Adds `opportunities`, `unique_opportunities`, `meetings_booked` and `won`.
    include_opportunities_count: Option<bool>,
}

fn wanted(
    (id, ids): (Option<Uuid>, Option<Vec<Uuid>>),
    status: Option<i64>,
    (start, end): (&Option<String>, &Option<String>),
    now: Time,
) -> Result<Wanted> {
    let ids: Vec<Uuid> = id.into_iter().chain(ids.unwrap_or_default()).collect();
    let range = Range::of(start.as_deref(), end.as_deref(), now)?;
    Ok(Wanted { ids: Some(ids).filter(|ids| !ids.is_empty()), status, range })
}

async fn campaigns(can: Can<Read>, Query(chosen): Query<Chosen>) -> Result<Json<Vec<CampaignFigures>>> {
    let range = (&chosen.start_date, &chosen.end_date);
    let wanted = wanted((chosen.id, chosen.ids), None, range, can.now())?;
    let counts_leads = chosen.exclude_total_leads_count != Some(true);
    super::campaigns(&can, &wanted, counts_leads).await.map(Json)
}

async fn overview(can: Can<Read>, Query(chosen): Query<ChosenTogether>) -> Result<Json<Overview>> {
    let range = (&chosen.start_date, &chosen.end_date);
    let wanted = wanted((chosen.id, chosen.ids), chosen.campaign_status, range, can.now())?;
    super::overview(&can, &wanted, chosen.expand_crm_events == Some(true)).await.map(Json)
}

async fn daily(can: Can<Read>, Query(chosen): Query<ChosenDays>) -> Result<Json<Vec<CampaignDay>>> {
    let range = (&chosen.start_date, &chosen.end_date);
    let wanted = wanted((chosen.campaign_id, None), chosen.campaign_status, range, can.now())?;
    super::daily(&can, &wanted).await.map(Json)
}

async fn steps(can: Can<Read>, Query(chosen): Query<ChosenSteps>) -> Result<Json<Vec<StepFigures>>> {
    let range = (&chosen.start_date, &chosen.end_date);
    let wanted = wanted((chosen.campaign_id, None), None, range, can.now())?;
    super::steps(&can, &wanted, chosen.include_opportunities_count == Some(true)).await.map(Json)
}
