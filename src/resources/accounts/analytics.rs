//! What accounts sent, by day. Days without a mail are empty.

use super::address;
use super::store::{self, Days};
use crate::access::{Can, accounts::Read};
use crate::db::record;
use crate::error::{Error, Result};
use crate::http::{absent_not_null, day, optional_not_null};
use crate::time::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const DAY: i64 = 24 * 60 * 60 * 1000;
/// Days in one call.
const MOST_DAYS: i64 = 31;
/// Rows in one answer.
const MOST: i64 = 10_000;

#[derive(Deserialize, JsonSchema)]
#[schemars(transform = optional_not_null)]
pub struct Range {
    /// The first day, `YYYY-MM-DD`. The default is 30 days before the last.
    start_date: Option<String>,
    /// The last day. The default is today.
    end_date: Option<String>,
    /// Which accounts. The default is all that the caller sees.
    #[schemars(length(min = 1, max = 200))]
    emails: Option<Vec<String>>,
}

#[derive(Clone, Serialize, JsonSchema)]
pub struct Day {
    date: String,
    email_account: String,
    sent: i64,
    bounced: i64,
    contacted: i64,
    new_leads_contacted: i64,
    opened: i64,
    unique_opened: i64,
    replies: i64,
    unique_replies: i64,
    replies_automatic: i64,
    unique_replies_automatic: i64,
    clicks: i64,
    unique_clicks: i64,
}
record! { Day {
    date = "d.day", email_account = "a.email", sent = "d.sent", bounced = "d.bounced", contacted = "d.contacted",
    new_leads_contacted = "d.new_leads_contacted", opened = "d.opened", unique_opened = "d.unique_opened",
    replies = "d.replies", unique_replies = "d.unique_replies", replies_automatic = "d.replies_automatic",
    unique_replies_automatic = "d.unique_replies_automatic", clicks = "d.clicks",
    unique_clicks = "d.unique_clicks"
} }

pub async fn daily_analytics(can: Can<Read>, range: Range) -> Result<Vec<Day>> {
    let last = day("end_date", range.end_date.as_deref())?.unwrap_or(can.now());
    let first = day("start_date", range.start_date.as_deref())?;
    let first = first.unwrap_or(last.minus((MOST_DAYS - 1) * DAY));
    let days = (last.0 - first.0) / DAY + 1;
    if last < first {
        return Err(Error::invalid("querystring/start_date must not be after end_date"));
    }
    if days > MOST_DAYS {
        return Err(Error::invalid(format!(
            "querystring/start_date must be at most {MOST_DAYS} days before end_date"
        )));
    }
    let emails: Option<Vec<_>> =
        range.emails.map(|emails| emails.iter().map(|email| address(email)).collect());
    let wanted = Days { first: first.day(), last: last.day(), emails: emails.as_deref(), most: MOST + 1 };
    let rows = store::days(&can, &wanted).await?;
    match rows.len() as i64 > MOST {
        true => Err(Error::TooMuch("querystring/emails: name fewer accounts, or fewer days".to_owned())),
        false => Ok(rows),
    }
}

#[derive(Deserialize, JsonSchema)]
pub struct Accounts {
    #[schemars(length(min = 1, max = 100))]
    emails: Vec<String>,
}

#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Counters {
    #[schemars(with = "f64", default)]
    sent: i64,
    #[schemars(with = "f64", default)]
    landed_inbox: i64,
    #[schemars(with = "f64", default)]
    landed_spam: i64,
    #[schemars(with = "f64", default)]
    received: i64,
}

#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Total {
    #[schemars(with = "f64", default)]
    sent: i64,
    #[schemars(with = "f64", default)]
    received: i64,
    #[schemars(with = "f64", default)]
    landed_inbox: i64,
    #[schemars(with = "f64", default)]
    landed_spam: i64,
    /// Absent if nothing was sent in the last seven days.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(transform = absent_not_null)]
    health_score_label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "f64", default)]
    health_score: Option<i64>,
}

#[derive(Serialize, JsonSchema)]
pub struct Warmup {
    #[schemars(default)]
    email_date_data: BTreeMap<String, BTreeMap<String, Counters>>,
    #[schemars(default)]
    aggregate_data: BTreeMap<String, Total>,
}

pub struct WarmupDay {
    email: String,
    day: Option<String>,
    sent: Option<i64>,
    landed_inbox: Option<i64>,
    landed_spam: Option<i64>,
    received: Option<i64>,
}
record! { WarmupDay {
    email = "a.email", day = "d.day", sent = "d.sent", landed_inbox = "d.landed_inbox",
    landed_spam = "d.landed_spam", received = "d.received"
} }

pub async fn warmup_analytics(can: Can<Read>, accounts: Accounts) -> Result<Warmup> {
    let emails: Vec<_> = accounts.emails.iter().map(|email| address(email)).collect();
    Ok(summed(store::warmup_days(&can, &emails).await?, can.now()))
}

fn summed(days: Vec<WarmupDay>, now: Time) -> Warmup {
    let week = now.minus(7 * DAY).day();
    let mut all = Warmup { email_date_data: BTreeMap::new(), aggregate_data: BTreeMap::new() };
    let mut recent: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    for row in days {
        let total = all.aggregate_data.entry(row.email.clone()).or_default();
        let dates = all.email_date_data.entry(row.email.clone()).or_default();
        let Some(day) = row.day else { continue };
        let counters = Counters {
            sent: row.sent.unwrap_or(0),
            landed_inbox: row.landed_inbox.unwrap_or(0),
            landed_spam: row.landed_spam.unwrap_or(0),
            received: row.received.unwrap_or(0),
        };
        total.sent += counters.sent;
        total.received += counters.received;
        total.landed_inbox += counters.landed_inbox;
        total.landed_spam += counters.landed_spam;
        if day > week {
            let (sent, inbox) = recent.entry(row.email).or_default();
            *sent += counters.sent;
            *inbox += counters.landed_inbox;
        }
        dates.insert(day, counters);
    }
    for (email, (sent, inbox)) in recent.into_iter().filter(|(_, (sent, _))| *sent > 0) {
        let score = inbox * 100 / sent;
        if let Some(total) = all.aggregate_data.get_mut(&email) {
            total.health_score = Some(score);
            total.health_score_label = Some(format!("{score}%"));
        }
    }
    all
}
