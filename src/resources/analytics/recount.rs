//! Counts the mails of all campaigns again, and compares the result with the counters.

use super::store::{self, PIECE};
use crate::db::Reader;
use crate::error::Result;
use crate::time::Time;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The most differences that are named.
const NAMED: usize = 20;

#[derive(Default)]
pub struct Recount {
    pub campaigns: usize,
    pub mails: usize,
    /// What differs, in words. At most twenty are named.
    pub wrong: Vec<String>,
}

/// By step, variant and day: the mails that were sent, and those that are unconfirmed. By day and the day of the mail
/// before: the leads.
#[derive(Default, PartialEq, Eq)]
struct Counters {
    steps: BTreeMap<(i64, i64, String), (i64, i64)>,
    contacts: BTreeMap<(String, String), i64>,
}

pub async fn recount(reader: &Reader) -> Result<Recount> {
    let (mut all, mut after) = (Recount::default(), Uuid::nil());
    loop {
        let campaigns = store::campaigns_after(reader, after).await?;
        let Some((last, _)) = campaigns.last() else { return Ok(all) };
        after = *last;
        for (campaign, workspace) in campaigns {
            let (facts, mails) = counted(reader, (workspace, campaign)).await?;
            all.campaigns += 1;
            all.mails += mails;
            if facts != kept(reader, (workspace, campaign)).await? && all.wrong.len() < NAMED {
                all.wrong.push(format!("the figures of the campaign {campaign} differ from its mails"));
            }
        }
    }
}

async fn kept(reader: &Reader, of: (Uuid, Uuid)) -> Result<Counters> {
    let steps = store::step_days(reader, of).await?.into_iter();
    let steps = steps.filter(|(_, (_, counts))| *counts != (0, 0));
    // A correction leaves counters of 0.
    let contacts = store::contact_days(reader, of).await?.into_iter();
    let contacts = contacts.filter(|(_, (_, leads))| *leads != 0);
    Ok(Counters {
        steps: steps.map(|((step, variant), (day, counts))| ((step, variant, day), counts)).collect(),
        contacts: contacts.map(|(day, (previous, leads))| ((day, previous), leads)).collect(),
    })
}

/// The counters as the facts have them, and the number of mails.
async fn counted(reader: &Reader, of: (Uuid, Uuid)) -> Result<(Counters, usize)> {
    let (mut counters, mut mails, mut after) = (Counters::default(), 0, (Time(0), Uuid::nil()));
    let mut last_day = BTreeMap::<Uuid, String>::new();
    loop {
        let facts = store::sends_after(reader, of, after).await?;
        let is_last = i64::try_from(facts.len()).is_ok_and(|count| count < PIECE);
        for (id, (lead, ((step, variant), (at, kind)))) in facts {
            after = (at, id);
            let kind = kind.unwrap_or_default();
            let counts = match kind.as_str() {
                "accepted" => (1, 0),
                "unconfirmed" => (0, 1),
                _ => continue,
            };
            mails += 1;
            let day = at.day();
            let sum = counters.steps.entry((step, variant, day.clone())).or_default();
            *sum = (sum.0 + counts.0, sum.1 + counts.1);
            if counts.0 == 0 {
                continue;
            }
            let previous = last_day.insert(lead, day.clone()).unwrap_or_default();
            if previous != day {
                *counters.contacts.entry((day, previous)).or_default() += 1;
            }
        }
        if is_last {
            return Ok((counters, mails));
        }
    }
}
