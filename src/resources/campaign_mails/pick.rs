//! The best mail of an account: follow-ups first and then new leads, or the other way round if the campaign says so.
//! Among equals it is the one that has waited longest.

use super::complete::complete;
use super::facts::{Lane, Sender, lane, sender};
use super::store::{self, Waiting};
use super::taken::{Hold, Taken};
use super::{Claim, Place, itself, sooner};
use crate::access::Caller;
use crate::app::App;
use crate::error::Result;
use crate::sending::gates::Stop;
use crate::sending::order::{Kind, place};
use crate::time::Time;

/// An account looks again after this time if something is closed that opens without notice.
pub const LOOK: i64 = 10 * Time::MINUTE;
/// How often an account looks again for a new lead that no other account has taken.
const TRIES: usize = 100;
/// The longest time after which it looks again while a campaign sends from it.
pub const LONGEST: i64 = Time::HOUR;

pub enum Found {
    /// The lead of a first mail is held until the value is dropped.
    Mail(Place, Option<Hold>),
    /// Nothing can leave now. The account looks again then, or when something wakes it.
    Nothing(Option<Time>),
}

/// What waits in one campaign.
struct Choice {
    place: Place,
    order: (u8, Time),
}

pub async fn pick(app: &App, claim: &Claim, taken: &Taken) -> Result<Found> {
    // Each further look sees the lead that another account took meanwhile.
    for _ in 0..TRIES {
        match best(app, claim, taken).await? {
            Found::Mail(place, _) if place.step == 0 => {
                if let Some(hold) = taken.take(place.lead) {
                    return Ok(Found::Mail(place, Some(hold)));
                }
            }
            found @ (Found::Mail(..) | Found::Nothing(_)) => return Ok(found),
        }
    }
    Ok(Found::Nothing(Some(app.now().plus(Time::MINUTE))))
}

async fn best(app: &App, claim: &Claim, taken: &Taken) -> Result<Found> {
    let can = itself(app, claim.workspace);
    let lanes = store::lanes(&can, claim.account).await?;
    let sender = sender(&can, can.reader().into(), claim.account).await?;
    let (Some(sender), false) = (sender, lanes.is_empty()) else { return Ok(Found::Nothing(None)) };
    let now = can.now();
    let (mut best, mut next): (Option<Choice>, Option<Time>) = (None, None);
    for campaign in lanes {
        let Some(lane) = lane(&can, can.reader().into(), campaign, claim.account).await? else { continue };
        let (choice, later) = choose(app, claim, taken, (&can, &sender, &lane)).await?;
        next = sooner(next, later);
        if let Some(choice) = choice
            && best.as_ref().is_none_or(|best| choice.order < best.order)
        {
            best = Some(choice);
        }
    }
    Ok(match best {
        Some(choice) => Found::Mail(choice.place, None),
        None => {
            let next = next.unwrap_or(now.plus(LOOK));
            Found::Nothing(Some(next.min(now.plus(LONGEST)).max(now.plus(1))))
        }
    })
}

/// The time at which all closed gates are open. None: no gate is closed. A gate without a known time counts `LOOK`.
fn shut(lane: &Lane, sender: &Sender, is_new: bool, now: Time) -> Option<Time> {
    let stops: Vec<Stop> = lane.stops(sender, is_new, now);
    stops.iter().map(|stop| stop.until.unwrap_or(now.plus(LOOK))).max()
}

/// The best mail of one campaign, and otherwise when to look again.
async fn choose(
    app: &App,
    claim: &Claim,
    taken: &Taken,
    (can, sender, lane): (&Caller, &Sender, &Lane),
) -> Result<(Option<Choice>, Option<Time>)> {
    let (now, campaign) = (can.now(), lane.campaign.id);
    let ids = (campaign, claim.account);
    let first = lane.campaign.settings.prioritize_new_leads == Some(true);
    let (mut best, mut later, mut nothing) = (None::<Choice>, None, true);
    let mut offer = |lead, step, order| {
        let choice = Choice { place: Place { campaign, lead, step }, order };
        if best.as_ref().is_none_or(|best| choice.order < best.order) {
            best = Some(choice);
        }
    };
    for first_step in [true, false] {
        let waiting: Option<Waiting> = store::next_due(can, ids, first_step).await?;
        let Some(waiting) = waiting else { continue };
        nothing = false;
        match shut(lane, sender, first_step, now) {
            Some(until) => later = sooner(later, Some(until.max(waiting.due_at))),
            None if waiting.due_at > now => later = sooner(later, Some(waiting.due_at)),
            None => {
                let order = place(Kind::FollowUp, first, waiting.due_at);
                offer(waiting.lead, waiting.step, order);
            }
        }
    }
    match shut(lane, sender, true, now) {
        Some(until) => {
            nothing = false;
            later = sooner(later, Some(until));
        }
        None => {
            match store::new_lead(can, campaign, &taken.all()).await? {
                Some(lead) => {
                    nothing = false;
                    let since = lane.run.gap_until.unwrap_or(lane.run.launched_at);
                    offer(lead, 0, place(Kind::NewLead, first, since));
                }
                // Leads that are added wake no account.
                None => later = sooner(later, Some(now.plus(LOOK))),
            }
        }
    }
    if nothing {
        let (new, until) = store::new_leads(can, can.reader().into(), campaign).await?;
        later = sooner(later, until);
        // A campaign that was launched before it got leads waits for them.
        if new == 0 && lane.run.last_sent_at.is_some_and(|last| last >= lane.run.launched_at) {
            complete(app, claim.workspace, &lane.campaign).await?;
        }
    }
    Ok((best, later))
}
