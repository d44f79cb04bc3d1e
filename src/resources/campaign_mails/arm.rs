//! Arming: one transaction checks every rule again, writes that the mail leaves, and takes its budgets. The mail server has
//! the whole mail already, except the final dot. What was stopped before this transaction commits does not leave.

use super::facts::{Whole, whole};
use super::render::Mail;
use super::{Claim, closed, store};
use crate::access::Caller;
use crate::app::App;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::sending::gates::{Gate, Stop};

/// The results after which the same step can be tried again. After all others, and without a result, it can have left.
const AGAIN: [&str; 4] = ["deferred", "refused_content", "refused_account", "aborted"];

/// Allows the final dot, or says which gate is closed.
pub async fn arm(app: &App, claim: &Claim, mail: &Mail) -> Result<Result<(), Stop>> {
    let (own, claim, mail) = (app.clone(), claim.clone(), mail.clone());
    store::fact(app, claim.workspace, async move |can, tx| {
        let place = mail.send.place;
        let whole = match whole(can, (&mut *tx).into(), &claim, (place, Some(mail.send.revision))).await? {
            Ok(whole) => whole,
            Err(stop) => return Ok(Err(stop)),
        };
        if let Some(stop) = whole.stop {
            return Ok(Err(stop));
        }
        if !is_current(&whole, &mail) {
            return Ok(Err(closed(Gate::Revision)));
        }
        let attempt = match next_attempt(can, tx, &mail).await? {
            Some(attempt) => attempt,
            None => return Ok(Err(closed(Gate::Lead))),
        };
        own.fault("inside arming")?;
        take(can, tx, (&claim, &mail, &whole), attempt).await?;
        own.fault("at the end of arming")?;
        Ok(Ok(()))
    })
    .await
}

/// Whether the mail still has the right text, sender and recipients.
fn is_current(whole: &Whole, mail: &Mail) -> bool {
    let target = &whole.target;
    target.lead.timestamp_updated == mail.lead_updated
        && target.recipient == mail.send.recipient
        && target.cc == mail.cc
        && target.bcc == mail.bcc
        && whole.sender.account.email == mail.from
}

/// The number of the next attempt at the step, if no earlier one can have left.
pub async fn next_attempt(can: &Caller, tx: &mut Tx, mail: &Mail) -> Result<Option<i64>> {
    let earlier = store::attempts(can, (&mut *tx).into(), mail.send.place).await?;
    let failed = |result: &Option<String>| result.as_deref().is_some_and(|kind| AGAIN.contains(&kind));
    let number = i64::try_from(earlier.len()).unwrap_or(i64::MAX);
    Ok(earlier.iter().all(failed).then_some(number))
}

async fn take(
    can: &Caller,
    tx: &mut Tx,
    (claim, mail, whole): (&Claim, &Mail, &Whole),
    attempt: i64,
) -> Result<()> {
    let (send, now) = (&mail.send, can.now());
    let (campaign, account) = (send.place.campaign, send.account);
    store::insert_send(can, tx, send, (attempt, true, claim.fence)).await?;
    let after = whole.sender.after(now);
    if store::take_from_account(can, tx, claim, (&after, Some(send.id))).await? == 0 {
        return Err(Error::Conflict("another process has the account now".to_owned()));
    }
    let (day, sent, new) = whole.lane.after(whole.target.journey.is_none());
    store::take_from_campaign(can, tx, campaign, (&day, sent, new)).await?;
    let gap = whole.lane.campaign.gap(send.id);
    store::begin_gap(can, tx, (campaign, account), now.plus(gap)).await?;
    store::note_contact(can, tx, &send.recipient, campaign).await?;
    under_way(can, tx, mail, whole).await
}

/// The step is on its way, so that nobody looks for it again.
pub async fn under_way(can: &Caller, tx: &mut Tx, mail: &Mail, whole: &Whole) -> Result<()> {
    let send = &mail.send;
    let moved = match whole.target.journey {
        None => store::begin_journey(can, tx, send, &mail.subject).await?,
        Some(_) => store::go_on(can, tx, send.place).await?,
    };
    match moved {
        0 => Err(Error::Conflict("the step no longer waits".to_owned())),
        _ => Ok(()),
    }
}
