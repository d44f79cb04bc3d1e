//! The figures of several campaigns together.

use super::figures::Engagement;
use super::opportunities::opportunities;
use super::{Wanted, campaigns::totals, store};
use crate::access::{Can, campaigns::Read};
use crate::error::Result;
use crate::http::none_required;
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[schemars(transform = none_required)]
pub struct Overview {
    #[serde(flatten)]
    pub engagement: Engagement,
    pub bounced_count: i64,
    pub unsubscribed_count: i64,
    pub completed_count: i64,
    /// Mails that a mail server accepted.
    pub emails_sent_count: i64,
    /// Leads that got a mail in the range.
    pub contacted_count: i64,
    /// Leads whose first mail of their campaign was in the range.
    pub new_leads_contacted_count: i64,
    pub total_opportunities: i64,
    pub total_opportunity_value: f64,
    pub total_interested: i64,
    pub total_meeting_booked: i64,
    pub total_meeting_completed: i64,
    pub total_closed: i64,
    /// Mails for which the server does not know whether they were sent. They are not in `emails_sent_count`.
    #[schemars(extend("x-gatepost-extension" = true))]
    pub unconfirmed_count: i64,
}

/// `expands` counts every opportunity of a lead, and not only the first.
pub async fn overview(can: &Can<Read>, wanted: &Wanted, expands: bool) -> Result<Overview> {
    let total = totals(can, wanted).await?;
    let mut overview = Overview {
        bounced_count: total.bounced,
        unsubscribed_count: total.unsubscribed,
        completed_count: total.completed,
        emails_sent_count: total.sums.sent,
        contacted_count: total.sums.contacted,
        new_leads_contacted_count: total.sums.new,
        unconfirmed_count: total.sums.unconfirmed,
        ..Overview::default()
    };
    let labels = store::labels(can, wanted).await?;
    for one in opportunities(labels, &wanted.range).into_iter().filter(|one| expands || one.is_first) {
        overview.total_opportunities += 1;
        overview.total_opportunity_value += one.value;
        match one.kind.as_str() {
            "lead_interested" => overview.total_interested += 1,
            "lead_meeting_booked" => overview.total_meeting_booked += 1,
            "lead_meeting_completed" => overview.total_meeting_completed += 1,
            "lead_closed" => overview.total_closed += 1,
            _ => (),
        }
    }
    Ok(overview)
}
