//! One mail, from its choice to its result.

use super::arm::arm;
use super::book::{Outcome, SKIPPED, book, refuse};
use super::facts::{Whole, whole};
use super::render::{Mail, Written, write};
use super::trouble::{recovered, trouble};
use super::{Claim, Place, itself, store};
use crate::app::App;
use crate::error::{Error, Result};
use crate::net::delivery::{self, Patience, Ready, Silence, Stopped};
use crate::resources::accounts;
use crate::sending::answer::{Meaning, Stage, Trouble, meaning};
use crate::sending::gates::{Gate, Stop};
use crate::time::Time;
use std::time::Duration;

/// How long a lead waits if its mail cannot be written, or if a gate is closed for an unknown time.
const HOLD: i64 = Time::HOUR;
/// A process that stood still for longer than this after arming sends no dot.
const FROZEN: i64 = 30_000;
/// How often a result is written again if the database does not take it. A second lies between two tries.
const TRIES: usize = 60;

/// What became of a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// Something moved. The account can look again.
    Again,
    /// A gate is closed that the choice had seen open.
    Stopped(Stop),
    /// The account rests.
    Rest,
}

/// Writes a mail to the lead that was chosen, and sends it if every gate is open.
pub async fn deliver(app: &App, claim: &Claim, place: Place, patience: Patience) -> Result<Done> {
    let can = itself(app, claim.workspace);
    let whole = match whole(&can, can.reader().into(), claim, (place, None)).await? {
        Ok(whole) => whole,
        // The lead was deleted.
        Err(stop) if stop.gate == Gate::Lead => {
            end(app, claim, place, SKIPPED).await?;
            return Ok(Done::Again);
        }
        Err(stop) => return Ok(Done::Stopped(stop)),
    };
    if let Some(stop) = whole.stop {
        return stopped(app, claim, (&whole, place), stop).await;
    }
    let mail = match write(app, &whole, place) {
        Ok(Written::Mail(mail)) => mail,
        held => {
            // An address that cannot be in a header must not keep other leads from their mails.
            if let Err(error) = held {
                tracing::warn!(lead = %place.lead, %error, "a mail could not be written");
            }
            put_off(app, claim, place, can.now().plus(HOLD)).await?;
            return Ok(Done::Again);
        }
    };
    let Some(server) = accounts::server(&can, can.reader(), claim.account).await? else {
        return Ok(Done::Rest);
    };
    app.fault("before the connection")?;
    let (to, copies) = match mail.built.recipients.split_first() {
        Some((to, copies)) => (to, copies),
        None => return Err(Error::internal("a mail without a recipient")),
    };
    let envelope = delivery::Mail { from: &mail.from, to, copies, bytes: &mail.built.bytes };
    match app.net.hand_over(&server, &envelope, patience).await {
        Ok(ready) => leave(app, claim, &mail, ready).await,
        Err(why) => refused(app, claim, &mail, why).await,
    }
}

/// The server has the whole mail. It leaves if arming allows it.
async fn leave(app: &App, claim: &Claim, mail: &Mail, ready: Ready) -> Result<Done> {
    app.fault("before arming")?;
    match arm(app, claim, mail).await {
        Ok(Ok(())) => {}
        // Another account was faster with this lead. Without the dot the server forgets the mail.
        Ok(Err(stop)) if stop.gate == Gate::Lead => return Ok(Done::Again),
        Ok(Err(stop)) => return Ok(Done::Stopped(stop)),
        // The answer to the transaction was lost. It can have succeeded, but no dot was sent.
        Err(error) => {
            drop(ready);
            write_down(app, claim, mail, Outcome::aborted()).await?;
            return Err(error);
        }
    }
    let armed_at = app.now();
    app.fault("after arming")?;
    if app.now() > armed_at.plus(FROZEN) {
        drop(ready);
        write_down(app, claim, mail, Outcome::aborted()).await?;
        return Ok(Done::Again);
    }
    let outcome = match ready.finish().await {
        Ok(answer) => {
            let meaning = meaning(Stage::Dot, &answer).unwrap_or(Meaning::Unconfirmed);
            Outcome::of(meaning, Some(answer))
        }
        Err(Silence) => Outcome::of(Meaning::Unconfirmed, None),
    };
    app.fault("after the dot")?;
    let account = outcome.meaning;
    write_down(app, claim, mail, outcome).await?;
    app.fault("after the result")?;
    if let Some(Meaning::RefusedAccount(kind)) = account {
        trouble(app, claim, kind, None).await?;
        return Ok(Done::Rest);
    }
    Ok(Done::Again)
}

/// The result is known only here, so it is written until the database takes it.
async fn write_down(app: &App, claim: &Claim, mail: &Mail, outcome: Outcome) -> Result<()> {
    let thread = || Some((mail.subject.clone(), mail.message_ids.clone()));
    for _ in 1..TRIES {
        match book(app, claim, mail.send.id, outcome.clone(), thread()).await {
            Ok(()) => return Ok(()),
            Err(error) => {
                tracing::warn!(%error, "the result of a mail could not be written, and is tried again")
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    book(app, claim, mail.send.id, outcome, thread()).await
}

/// The server refused before the dot, or could not be reached. Nothing has left.
async fn refused(app: &App, claim: &Claim, mail: &Mail, why: Stopped) -> Result<Done> {
    let (meaning, answer) = match why {
        Stopped::Fault(fault) => {
            trouble(app, claim, Trouble::Unreachable, Some(fault.text().to_owned())).await?;
            return Ok(Done::Rest);
        }
        Stopped::Answered(stage, answer) => {
            let unreachable = Meaning::RefusedAccount(Trouble::Unreachable);
            (meaning(stage, &answer).unwrap_or(unreachable), answer)
        }
    };
    match meaning {
        Meaning::RefusedAccount(kind) => {
            trouble(app, claim, kind, Some(format!("{} {}", answer.code, answer.text))).await?;
            Ok(Done::Rest)
        }
        Meaning::Deferred | Meaning::RefusedAddress | Meaning::RefusedContent => {
            refuse(app, claim, mail, Outcome::of(meaning, Some(answer))).await?;
            recovered(app, claim).await?;
            Ok(Done::Again)
        }
        // No dot was sent, so these cannot be.
        Meaning::Accepted | Meaning::Unconfirmed => {
            Err(Error::internal("a mail was accepted before its final dot"))
        }
    }
}

async fn put_off(app: &App, claim: &Claim, place: Place, until: Time) -> Result<()> {
    store::fact(app, claim.workspace, async move |can, tx| store::put_off(can, tx, place, until).await).await
}

async fn end(app: &App, claim: &Claim, place: Place, status: i64) -> Result<()> {
    store::fact(app, claim.workspace, async move |can, tx| store::end(can, tx, place, status).await).await
}

/// A gate that concerns only this lead does not stop other leads.
async fn stopped(app: &App, claim: &Claim, (whole, place): (&Whole, Place), stop: Stop) -> Result<Done> {
    let later = stop.until.unwrap_or(app.now().plus(HOLD));
    match stop.gate {
        Gate::Suppressed => end(app, claim, place, SKIPPED).await?,
        // Another account was faster with this lead. Its plan stays as it is.
        Gate::Lead
            if whole.target.journey.as_ref().is_some_and(|journey| journey.account != claim.account) => {}
        Gate::Lead if whole.target.is_unfit => end(app, claim, place, SKIPPED).await?,
        Gate::Lead if whole.target.is_done => end(app, claim, place, super::book::COMPLETED).await?,
        Gate::Lead | Gate::Due | Gate::ContactDay | Gate::Company | Gate::Esp => {
            put_off(app, claim, place, later).await?;
        }
        Gate::Lease
        | Gate::Account
        | Gate::AccountDay
        | Gate::AccountGap
        | Gate::Campaign
        | Gate::Revision
        | Gate::Window
        | Gate::CampaignDay
        | Gate::CampaignGap
        | Gate::NewLeads
        | Gate::Inbox
        | Gate::Mandate
        | Gate::Sender
        | Gate::Link
        | Gate::Ceiling => return Ok(Done::Stopped(stop)),
    }
    Ok(Done::Again)
}
