//! The figures of campaigns, one by one.

use super::figures::{Engagement, Sums, sums};
use super::opportunities::opportunities;
use super::{Wanted, store};
use crate::access::{Can, campaigns::Read};
use crate::error::{Error, Result};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Campaigns in one answer.
const MOST: i64 = 1_000;

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CampaignFigures {
    pub campaign_name: String,
    pub campaign_id: Uuid,
    #[schemars(with = "f64")]
    pub campaign_status: i64,
    pub campaign_is_evergreen: bool,
    /// The leads that the campaign has now, independent of the range. 0 with `exclude_total_leads_count`.
    pub leads_count: i64,
    /// Leads that got a mail in the range.
    pub contacted_count: i64,
    /// Mails that a mail server accepted.
    pub emails_sent_count: i64,
    /// Leads whose first mail of the campaign was in the range.
    pub new_leads_contacted_count: i64,
    #[serde(flatten)]
    pub engagement: Engagement,
    pub bounced_count: i64,
    pub unsubscribed_count: i64,
    pub completed_count: i64,
    pub total_opportunities: i64,
    pub total_opportunity_value: f64,
    /// Mails for which the server does not know whether they were sent. They are not in `emails_sent_count`.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub unconfirmed_count: i64,
}

/// The newest campaign first.
pub async fn campaigns(can: &Can<Read>, wanted: &Wanted, counts_leads: bool) -> Result<Vec<CampaignFigures>> {
    let heads = store::heads(can, wanted, MOST + 1).await?;
    if heads.len() as i64 > MOST {
        return Err(Error::TooMuch("querystring/ids: name fewer campaigns".to_owned()));
    }
    counted(can, wanted, heads, counts_leads).await
}

/// The newest campaigns, for a page.
pub async fn newest(can: &Can<Read>, wanted: &Wanted) -> Result<Vec<CampaignFigures>> {
    counted(can, wanted, store::heads(can, wanted, MOST).await?, false).await
}

async fn counted(
    can: &Can<Read>,
    wanted: &Wanted,
    heads: Vec<store::Head>,
    counts_leads: bool,
) -> Result<Vec<CampaignFigures>> {
    let leads: HashMap<Uuid, i64> = match counts_leads {
        true => store::leads(can, wanted).await?.into_iter().collect(),
        false => HashMap::new(),
    };
    let outcomes = outcomes(can, wanted).await?;
    let mut opportune = HashMap::<Uuid, (i64, f64)>::new();
    for one in opportunities(store::labels(can, wanted).await?, &wanted.range) {
        let (count, value) = opportune.entry(one.campaign).or_default();
        if one.is_first {
            *count += 1;
            *value += one.value;
        }
    }
    Ok(heads
        .into_iter()
        .map(|head| {
            let one = outcomes.get(&head.id).copied().unwrap_or_default();
            let (total_opportunities, total_opportunity_value) =
                opportune.get(&head.id).copied().unwrap_or_default();
            CampaignFigures {
                campaign_name: head.name,
                campaign_id: head.id,
                campaign_status: head.status,
                campaign_is_evergreen: head.is_evergreen.is_some_and(|is| is.0),
                leads_count: leads.get(&head.id).copied().unwrap_or_default(),
                contacted_count: one.sums.contacted,
                emails_sent_count: one.sums.sent,
                new_leads_contacted_count: one.sums.new,
                engagement: Engagement::default(),
                bounced_count: one.bounced,
                unsubscribed_count: one.unsubscribed,
                completed_count: one.completed,
                total_opportunities,
                total_opportunity_value,
                unconfirmed_count: one.sums.unconfirmed,
            }
        })
        .collect())
}

/// What came of the mails of one campaign.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    pub sums: Sums,
    pub bounced: i64,
    pub unsubscribed: i64,
    pub completed: i64,
}

/// The sum over all campaigns.
pub async fn totals(can: &Can<Read>, wanted: &Wanted) -> Result<Outcome> {
    let mut total = Outcome::default();
    for one in outcomes(can, wanted).await?.into_values() {
        total.sums.add(one.sums);
        total.bounced += one.bounced;
        total.unsubscribed += one.unsubscribed;
        total.completed += one.completed;
    }
    Ok(total)
}

async fn outcomes(can: &Can<Read>, wanted: &Wanted) -> Result<BTreeMap<Uuid, Outcome>> {
    let mut all = BTreeMap::<Uuid, Outcome>::new();
    for (campaign, sums) in
        sums(can, wanted, |days| store::by_campaign(can, wanted, days), |mail| mail.campaign).await?
    {
        all.entry(campaign).or_default().sums = sums;
    }
    for (campaign, (kind, count)) in store::endings(can, wanted).await? {
        let one = all.entry(campaign).or_default();
        match kind.as_str() {
            "email_bounced" => one.bounced = count,
            _ => one.unsubscribed = count,
        }
    }
    for (campaign, count) in store::completed(can, wanted).await? {
        all.entry(campaign).or_default().completed = count;
    }
    Ok(all)
}
