//! The figures of each day.

use super::figures::{Sums, Touches, sums};
use super::opportunities::opportunities;
use super::{Wanted, store};
use crate::access::{Can, campaigns::Read};
use crate::error::Result;
use crate::http::none_required;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[schemars(transform = none_required)]
pub struct CampaignDay {
    pub date: String,
    pub sent: i64,
    /// Leads that got a mail on the day.
    pub contacted: i64,
    pub new_leads_contacted: i64,
    #[serde(flatten)]
    pub touches: Touches,
    pub opportunities: i64,
    pub unique_opportunities: i64,
    /// Mails for which the server does not know whether they were sent.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub unconfirmed: i64,
}

/// Days without a mail and without an opportunity are absent.
pub async fn daily(can: &Can<Read>, wanted: &Wanted) -> Result<Vec<CampaignDay>> {
    let mut days: BTreeMap<String, CampaignDay> = BTreeMap::new();
    for (date, sums) in
        sums(can, wanted, |days| store::by_day(can, wanted, days), |mail| mail.at.day()).await?
    {
        let Sums { sent, unconfirmed, contacted, new } = sums;
        let day =
            CampaignDay { sent, unconfirmed, contacted, new_leads_contacted: new, ..CampaignDay::default() };
        days.insert(date, day);
    }
    for one in opportunities(store::labels(can, wanted).await?, &wanted.range) {
        let day = days.entry(one.at.day()).or_default();
        day.opportunities += 1;
        day.unique_opportunities += i64::from(one.is_first);
    }
    Ok(days.into_iter().map(|(date, day)| CampaignDay { date, ..day }).collect())
}
