//! The sums of mails, and the figures about reading and answering.

use super::store::{self, Days, Mail};
use super::{Range, Wanted};
use crate::access::{Can, campaigns::Read};
use crate::error::Result;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// What was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Mails that a mail server accepted, on the day on which they were sent.
    pub sent: i64,
    /// Mails for which the server does not know whether they were sent.
    pub unconfirmed: i64,
    /// Leads that got a mail.
    pub contacted: i64,
    /// Leads that got their first mail of the campaign.
    pub new: i64,
}

impl Sums {
    pub fn add(&mut self, more: Sums) {
        self.sent += more.sent;
        self.unconfirmed += more.unconfirmed;
        self.contacted += more.contacted;
        self.new += more.new;
    }
}

/// What was sent in the range, by a key: whole days from the counters, and times from the mails themselves.
pub async fn sums<'a, K: Ord + Clone, Counting: Future<Output = Result<BTreeMap<K, Sums>>>>(
    can: &Can<Read>,
    wanted: &'a Wanted,
    counted: impl FnOnce(Days<'a>) -> Counting,
    key: impl Fn(&Mail) -> K,
) -> Result<BTreeMap<K, Sums>> {
    match &wanted.range {
        Range::Days { first, last } => counted((first, last)).await,
        Range::Times { from, until } => Ok(summed(&store::mails(can, wanted, (*from, *until)).await?, key)),
    }
}

/// The sums of mails by a key. A lead counts once for each key and campaign.
fn summed<K: Ord + Clone>(mails: &[Mail], key: impl Fn(&Mail) -> K) -> BTreeMap<K, Sums> {
    let (mut sums, mut met) = (BTreeMap::<K, Sums>::new(), BTreeSet::<(K, Uuid, Uuid)>::new());
    for mail in mails {
        let key = key(mail);
        let sum = sums.entry(key.clone()).or_default();
        if !mail.accepted {
            sum.unconfirmed += 1;
            continue;
        }
        sum.sent += 1;
        sum.new += i64::from(mail.is_first);
        sum.contacted += i64::from(met.insert((key, mail.campaign, mail.lead)));
    }
    sums
}

/// Opens, clicks and replies of campaigns. They stay 0 until this server tracks opens and clicks and reads replies.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Engagement {
    open_count: i64,
    #[schemars(default)]
    open_count_unique: i64,
    #[schemars(default)]
    open_count_unique_by_step: i64,
    reply_count: i64,
    #[schemars(default)]
    reply_count_unique: i64,
    #[schemars(default)]
    reply_count_unique_by_step: i64,
    #[schemars(default)]
    reply_count_automatic: i64,
    #[schemars(default)]
    reply_count_automatic_unique: i64,
    #[schemars(default)]
    reply_count_automatic_unique_by_step: i64,
    link_click_count: i64,
    #[schemars(default)]
    link_click_count_unique: i64,
    #[schemars(default)]
    link_click_count_unique_by_step: i64,
    /// Whether opens were tracked. If not, the count of opens has no meaning.
    #[schemars(extend("x-gatepost-extension" = true))]
    open_tracking: bool,
    /// Whether clicks were tracked.
    #[schemars(extend("x-gatepost-extension" = true))]
    link_tracking: bool,
}

/// The same for a day or a step.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
pub struct Touches {
    opened: i64,
    unique_opened: i64,
    replies: i64,
    unique_replies: i64,
    replies_automatic: i64,
    unique_replies_automatic: i64,
    clicks: i64,
    unique_clicks: i64,
}
