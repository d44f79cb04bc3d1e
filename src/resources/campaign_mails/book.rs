//! What became of a mail, and what follows from it. A result is a fact, so it is written even if the claim of the account
//! is over. A plan is changed only if the step is still on its way.

use super::facts::Whole;
use super::render::Mail;
use super::store::{self, Journey, Sent};
use super::{Claim, Place};
use crate::access::Caller;
use crate::app::App;
use crate::db::Tx;
use crate::error::Result;
use crate::resources::block_list_entries::{self, Kind as Why};
use crate::resources::campaigns::{Campaign, Step};
use crate::resources::events::{self, Event, Kind};
use crate::resources::leads::BOUNCED;
use crate::sending::answer::{Answer, Meaning, retry};
use crate::time::Time;
use uuid::Uuid;

pub const COMPLETED: i64 = 3;
pub const SKIPPED: i64 = -3;
/// How often a mail whose content was refused is tried again.
const CONTENT_TRIES: i64 = 2;

/// What became of a mail.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub kind: &'static str,
    pub meaning: Option<Meaning>,
    pub answer: Option<Answer>,
}

impl Outcome {
    /// No dot was sent, although it was allowed.
    pub fn aborted() -> Outcome {
        Outcome { kind: "aborted", meaning: None, answer: None }
    }

    pub fn of(meaning: Meaning, answer: Option<Answer>) -> Outcome {
        let kind = match meaning {
            Meaning::Accepted => "accepted",
            Meaning::Deferred => "deferred",
            Meaning::RefusedAddress => "refused_address",
            Meaning::RefusedContent => "refused_content",
            Meaning::RefusedAccount(_) => "refused_account",
            Meaning::Unconfirmed => "unconfirmed",
        };
        Outcome { kind, meaning: Some(meaning), answer }
    }

    fn parts(&self) -> (&'static str, Option<i64>, Option<&str>) {
        let answer = self.answer.as_ref();
        (self.kind, answer.map(|answer| i64::from(answer.code)), answer.map(|answer| answer.text.as_str()))
    }
}

/// Writes the result of a send that was armed. A send that was never written has no result.
pub async fn book(
    app: &App,
    claim: &Claim,
    send: Uuid,
    outcome: Outcome,
    thread: Option<(String, Vec<String>)>,
) -> Result<()> {
    let account = claim.account;
    store::fact(app, claim.workspace, async move |can, tx| {
        let Some(sent) = store::sent(can, (&mut *tx).into(), send).await? else { return Ok(()) };
        let Some(before) = store::insert_result(can, tx, send, outcome.parts()).await? else { return Ok(()) };
        store::settle(can, tx, account, send).await?;
        store::count(can, tx, &sent, (before.as_deref(), outcome.kind)).await?;
        follow(can, tx, &sent, (&outcome, thread.as_ref())).await
    })
    .await
}

/// A definite refusal before the final dot. It is a send with its result, and takes no budget.
pub async fn refuse(app: &App, claim: &Claim, mail: &Mail, outcome: Outcome) -> Result<()> {
    let (claim, mail) = (claim.clone(), mail.clone());
    store::fact(app, claim.workspace, async move |can, tx| {
        let place = (mail.send.place, None);
        let whole: Whole = match super::facts::whole(can, (&mut *tx).into(), &claim, place).await? {
            Ok(whole) => whole,
            Err(_) => return Ok(()),
        };
        if !whole.sender.is_held(&claim, can.now()) || !whole.target.gates.waits {
            return Ok(());
        }
        let Some(attempt) = super::arm::next_attempt(can, tx, &mail).await? else { return Ok(()) };
        store::insert_send(can, tx, &mail.send, (attempt, false, claim.fence)).await?;
        super::arm::under_way(can, tx, &mail, &whole).await?;
        store::insert_result(can, tx, mail.send.id, outcome.parts()).await?;
        let Some(sent) = store::sent(can, (&mut *tx).into(), mail.send.id).await? else { return Ok(()) };
        follow(can, tx, &sent, (&outcome, None)).await
    })
    .await
}

/// The plan of the journey, the lead, the figures and the event after a result.
async fn follow(
    can: &Caller,
    tx: &mut Tx,
    sent: &Sent,
    (outcome, thread): (&Outcome, Option<&(String, Vec<String>)>),
) -> Result<()> {
    let place = Place { campaign: sent.campaign, lead: sent.lead, step: sent.step };
    match outcome.meaning {
        Some(Meaning::Accepted) => {
            let event = Event::new(Kind::EmailSent).of_lead(sent.lead, Some(sent.campaign));
            let event = event.of_account(sent.account).at_step(sent.step + 1, sent.variant + 1);
            events::record(can, tx, event).await?;
        }
        Some(Meaning::RefusedAddress) => unknown(can, tx, sent).await?,
        Some(
            Meaning::Deferred | Meaning::RefusedContent | Meaning::RefusedAccount(_) | Meaning::Unconfirmed,
        )
        | None => {}
    }
    let campaign: Option<Campaign> = can.own(&mut *tx, sent.campaign).await?;
    let Some(before) = store::journey(can, (&mut *tx).into(), place).await? else { return Ok(()) };
    let after = Plan::of(can, &before, sent, campaign.as_ref())?.after(outcome, thread);
    let moved = store::plan(can, tx, place, &after).await? > 0;
    if moved && after.ended {
        let status = match outcome.meaning {
            Some(Meaning::RefusedAddress | Meaning::Deferred) => BOUNCED,
            Some(Meaning::RefusedContent) => SKIPPED,
            Some(Meaning::Accepted | Meaning::Unconfirmed | Meaning::RefusedAccount(_)) | None => COMPLETED,
        };
        store::set_lead_status(can, tx, place, status).await?;
        if status == BOUNCED {
            bounced(can, tx, sent).await?;
        }
    }
    Ok(())
}

/// The address does not exist, so nobody in the workspace writes to it again.
async fn unknown(can: &Caller, tx: &mut Tx, sent: &Sent) -> Result<()> {
    let email = store::address(can, (&mut *tx).into(), sent).await?;
    let by = (Why::Bounced, "mail server");
    block_list_entries::suppress(can, tx, (&sent.recipient, email.as_deref()), by).await.map(drop)
}

/// The lead has bounced, on the day of the bounce.
async fn bounced(can: &Caller, tx: &mut Tx, sent: &Sent) -> Result<()> {
    store::count_bounced(can, tx, sent.account, can.now().day()).await?;
    let event = Event::new(Kind::EmailBounced).of_lead(sent.lead, Some(sent.campaign));
    let event = event.of_account(sent.account).at_step(sent.step + 1, sent.variant + 1);
    events::record(can, tx, event).await
}

/// From the state of a journey to its next one.
struct Plan<'a> {
    now: Time,
    before: &'a Journey,
    sent: &'a Sent,
    /// When the next step is due, if there is one.
    next: Option<Time>,
}

impl Plan<'_> {
    fn of<'a>(
        can: &Caller,
        before: &'a Journey,
        sent: &'a Sent,
        campaign: Option<&Campaign>,
    ) -> Result<Plan<'a>> {
        let next = match campaign {
            None => None,
            Some(campaign) => {
                let steps: Vec<Step> = campaign.steps()?;
                let at = usize::try_from(sent.step).unwrap_or(usize::MAX);
                let more = at.checked_add(1).is_some_and(|next| next < steps.len());
                let zone = campaign.calendar()?.zone();
                steps.get(at).filter(|_| more).map(|step| step.next_due(sent.at, &zone))
            }
        };
        Ok(Plan { now: can.now(), before, sent, next })
    }

    fn after(&self, outcome: &Outcome, thread: Option<&(String, Vec<String>)>) -> Journey {
        match outcome.meaning {
            Some(Meaning::Accepted | Meaning::Unconfirmed) => self.moved_on(thread),
            Some(Meaning::Deferred) => {
                let first = self.before.first_try_at.unwrap_or(self.now);
                let tries = u32::try_from(self.before.tries + 1).unwrap_or(u32::MAX);
                self.tried(retry(tries, first, self.now))
            }
            Some(Meaning::RefusedContent) => {
                let again = self.before.tries < CONTENT_TRIES;
                self.tried(again.then(|| self.now.plus(Time::DAY)))
            }
            Some(Meaning::RefusedAddress) => self.ended(),
            Some(Meaning::RefusedAccount(_)) | None => {
                Journey { due_at: Some(self.now), ..self.before.clone() }
            }
        }
    }

    /// The mail of the step has left, or can have left. The journey goes on to its next step, or ends.
    fn moved_on(&self, thread: Option<&(String, Vec<String>)>) -> Journey {
        let (subject, message_ids) = match thread {
            Some((subject, ids)) => (Some(subject.clone()), ids.clone()),
            None => {
                let ids = self.before.message_ids.iter().chain([&self.sent.message_id]).cloned().collect();
                (self.before.subject.clone(), ids)
            }
        };
        let (step, ended) = (self.sent.step + 1, self.next.is_none());
        Journey {
            step,
            ended,
            due_at: self.next,
            tries: 0,
            first_try_at: None,
            subject,
            message_ids,
            ..self.before.clone()
        }
    }

    fn tried(&self, again: Option<Time>) -> Journey {
        let first = self.before.first_try_at.or(Some(self.now));
        let tried = Journey { tries: self.before.tries + 1, first_try_at: first, ..self.before.clone() };
        Journey { due_at: again, ended: again.is_none(), ..tried }
    }

    fn ended(&self) -> Journey {
        Journey { due_at: None, ended: true, ..self.before.clone() }
    }
}
