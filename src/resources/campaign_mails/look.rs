//! What stops each account of a campaign, for the question why the campaign does not send. The number of statements does not
//! grow with the number of accounts.

use super::facts::{Lane, Sender, judged};
use super::lead::{Target, target};
use super::rights::Mandate;
use super::store::{self, Waiting};
use super::{Place, closed};
use crate::access::{Can, campaigns::Read};
use crate::error::Result;
use crate::resources::accounts::Senders;
use crate::resources::campaigns::Campaign;
use crate::sending::gates::{Gate, Stop};
use crate::time::Time;
use std::collections::HashMap;
use uuid::Uuid;

/// The most follow-ups whose leads are read. For the others, only the campaign and the account are checked.
const LOOKED: usize = 8;

/// What was found out about an active campaign.
pub struct Seen {
    pub lane: Lane,
    pub senders: Vec<One>,
    pub new_leads: i64,
    pub new_lead_ready: bool,
    pub follow_ups: i64,
    pub first_follow_up: Option<Time>,
    pub due_today: i64,
}

/// An account of the campaign.
pub struct One {
    pub sender: Sender,
    pub gap_until: Option<Time>,
    /// Whether the campaign can send from it.
    pub usable: bool,
    /// What stops its next mail of the campaign. None: nothing does.
    pub stop: Option<Stop>,
}

/// None if nobody has launched the campaign on this version.
pub async fn look(can: &Can<Read>, campaign: &Campaign) -> Result<Option<Seen>> {
    let (id, now) = (campaign.id, can.now());
    let Some(run) = store::campaign_run(can, can.reader().into(), (id, Uuid::nil())).await? else {
        return Ok(None);
    };
    let mandate = Mandate::of(can, can.reader().into(), (campaign, &run)).await?;
    let nobody = Senders::unowned(can);
    let accounts = store::senders(can, id, mandate.senders.as_ref().unwrap_or(&nobody)).await?;
    let ids: Vec<Uuid> = accounts.iter().map(|(account, _)| account.id).collect();
    let (mut runs, gaps) = (store::runs(can, &ids).await?, store::gaps(can, id).await?);
    let mut waiting: HashMap<Uuid, Vec<Waiting>> = HashMap::new();
    for (account, due) in store::first_due(can, id).await? {
        waiting.entry(account).or_default().push(due);
    }
    let lane = Lane::of(campaign.clone(), run, mandate.for_account(false), now)?;
    let ready = match store::new_lead(can, id, &[]).await? {
        Some(lead) => {
            let place = (Place { campaign: id, lead, step: 0 }, lane.run.revision);
            target(can, can.reader().into(), (&lane, Uuid::nil()), place).await?
        }
        None => None,
    };
    let mut asked = Asked { can, lane, ready, left: LOOKED };
    let mut senders = Vec::new();
    for (account, usable) in accounts {
        let usable = usable && mandate.senders.is_some();
        let run = runs.remove(&account.id).unwrap_or_default();
        let gap_until = gaps.get(&account.id).copied();
        let due = waiting.remove(&account.id).unwrap_or_default();
        let sender = judged(account, run, now);
        asked.lane.turn_to(gap_until, usable);
        let stop = asked.next_stop(&sender, &due).await?;
        senders.push(One { sender, gap_until, usable, stop });
    }
    let Asked { lane, ready, .. } = asked;
    let (new_leads, _) = store::new_leads(can, can.reader().into(), id).await?;
    let (follow_ups, first_follow_up, due_today) = store::follow_ups(can, id, lane.gates.day_ends).await?;
    let new_lead_ready = ready.is_some();
    Ok(Some(Seen { lane, senders, new_leads, new_lead_ready, follow_ups, first_follow_up, due_today }))
}

struct Asked<'a> {
    can: &'a Can<Read>,
    lane: Lane,
    /// The new lead that is next.
    ready: Option<Target>,
    /// How many follow-ups can still be read.
    left: usize,
}

impl Asked<'_> {
    /// What stops the next mail of an account: a first step that was deferred, a follow-up that is due, or a new lead. The
    /// answer is the stop that ends first.
    async fn next_stop(&mut self, sender: &Sender, waiting: &[Waiting]) -> Result<Option<Stop>> {
        let (now, mut stops) = (self.can.now(), Vec::new());
        for one in waiting {
            stops.push(self.follow_up(sender, *one).await?);
        }
        stops.extend(self.ready.as_ref().map(|target| self.lane.stop(sender, target, now)));
        if stops.iter().any(Option::is_none) {
            return Ok(None);
        }
        let opens = |stop: &Stop| (stop.until.is_none(), stop.until);
        let first = stops.into_iter().flatten().min_by_key(opens);
        let general = || self.lane.stops(sender, true, now).into_iter().next();
        Ok(first.or_else(general).or(Some(closed(Gate::Lead))))
    }

    async fn follow_up(&mut self, sender: &Sender, one: Waiting) -> Result<Option<Stop>> {
        let (can, lane, now) = (self.can, &self.lane, self.can.now());
        let general = lane.stop_before_lead(sender, one.step == 0, one.due_at, now);
        let decided = general.is_some_and(|stop| stop.gate < Gate::Lead || stop.gate == Gate::Due);
        if decided || self.left == 0 {
            return Ok(general);
        }
        self.left -= 1;
        let place = Place { campaign: lane.campaign.id, lead: one.lead, step: one.step };
        let account = (lane, sender.account.id);
        let target = target(can, can.reader().into(), account, (place, lane.run.revision)).await?;
        Ok(target.map_or(Some(closed(Gate::Lead)), |target| lane.stop(sender, &target, now)))
    }
}
