//! How many attempts succeeded.

use super::list::Days;
use super::reads_records;
use super::store::{self, Counted};
use crate::access::{Can, webhook_events::Read};
use crate::error::Result;
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Serialize, JsonSchema)]
pub struct Summary {
    #[schemars(with = "f64")]
    total_events: i64,
    #[schemars(with = "f64")]
    successful_events: i64,
    #[schemars(with = "f64")]
    failed_events: i64,
    /// Percent of all attempts; 0 if there are none.
    success_rate: f64,
    failure_rate: f64,
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Day {
    /// In UTC.
    #[schemars(extend("format" = "date"))]
    date: String,
    #[schemars(with = "f64")]
    total_events: i64,
    #[schemars(with = "f64")]
    successful_events: i64,
    #[schemars(with = "f64")]
    failed_events: i64,
    success_rate: f64,
}

/// The days that have attempts.
#[derive(Serialize, JsonSchema)]
pub struct ByDate {
    #[schemars(default)]
    items: Vec<Day>,
}

fn percent(some: i64, all: i64) -> f64 {
    if all == 0 { 0.0 } else { (some as f64 * 10_000.0 / all as f64).round() / 100.0 }
}

pub async fn summary(can: &Can<Read>, days: &Days) -> Result<Summary> {
    reads_records(can)?;
    let all = store::counts(can, days.span()?).await?;
    let total: i64 = all.iter().map(|day| day.total).sum();
    let good: i64 = all.iter().map(|day| day.good).sum();
    Ok(Summary {
        total_events: total,
        successful_events: good,
        failed_events: total - good,
        success_rate: percent(good, total),
        failure_rate: percent(total - good, total),
    })
}

pub async fn summary_by_date(can: &Can<Read>, days: &Days) -> Result<ByDate> {
    reads_records(can)?;
    let all = store::counts(can, days.span()?).await?;
    let day = |Counted { date, total, good }| Day {
        date,
        total_events: total,
        successful_events: good,
        failed_events: total - good,
        success_rate: percent(good, total),
    };
    Ok(ByDate { items: all.into_iter().map(day).collect() })
}
