//! Works on the accounts that are due. Each account is worked on by one process at a time, by a lease.

use super::book::{Outcome, book};
use super::deliver::{Done, deliver};
use super::pick::{Found as Picked, LOOK, pick};
use super::store::{self, Found};
use super::taken::Taken;
use super::{Claim, Pace, itself};
use crate::app::App;
use crate::error::Result;
use crate::jobs::{cause, moment};
use crate::sending::answer::Meaning;
use crate::sending::gates::Stop;
use crate::time::Time;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

/// The mails that an account sends, or puts off, before another one has its turn.
const TURN: usize = 20;
/// How often the server looks for accounts that are due.
const PAUSE: Duration = Duration::from_millis(500);
/// How often a claim is extended.
const EXTENDED: Duration = Duration::from_secs(20);
/// After a failure of the server, an account waits this long.
const AFTER_FAILURE: i64 = Time::MINUTE;

/// The accounts that the process works on, by workspace.
type Busy = Arc<Mutex<HashMap<Uuid, usize>>>;

/// Sends until `stop` fires; then lets mails in progress finish. `places` is the number of accounts at a time.
pub async fn run(app: App, places: usize, mut stop: watch::Receiver<()>) {
    let (mut running, busy, taken) = (JoinSet::new(), Busy::default(), Taken::default());
    let stopped = stop.clone();
    loop {
        while running.len() < places {
            match store::claim(&app, &full(&busy, places)).await {
                Ok(Found::Claim(claim)) => {
                    let busy = Place::take(&busy, claim.workspace);
                    drop(running.spawn(attend(app.clone(), claim, busy, taken.clone(), stopped.clone())));
                }
                Ok(Found::Taken) => (),
                Ok(Found::Nothing) => break,
                Err(error) => {
                    tracing::warn!(cause = cause(&error), "the accounts that are due cannot be read");
                    break;
                }
            }
        }
        if !moment(&mut running, &mut stop, PAUSE).await {
            break;
        }
    }
    while running.join_next().await.is_some() {}
}

/// The workspaces that have half of the places. The other half is for others.
fn full(busy: &Busy, places: usize) -> Vec<Uuid> {
    let busy = busy.lock().unwrap_or_else(PoisonError::into_inner);
    let most = places.div_ceil(2);
    busy.iter().filter(|(_, count)| **count >= most).map(|(workspace, _)| *workspace).collect()
}

/// A place that a workspace has until this is dropped.
struct Place {
    busy: Busy,
    workspace: Uuid,
}

impl Place {
    fn take(busy: &Busy, workspace: Uuid) -> Place {
        *busy.lock().unwrap_or_else(PoisonError::into_inner).entry(workspace).or_default() += 1;
        Place { busy: busy.clone(), workspace }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = busy.get_mut(&self.workspace) {
            *count = count.saturating_sub(1);
        }
        busy.retain(|_, count| *count > 0);
    }
}

async fn attend(app: App, claim: Claim, _place: Place, taken: Taken, stop: watch::Receiver<()>) {
    if let Err(error) = turn(&app, &claim, (Pace::default(), &taken), stop).await {
        tracing::warn!(account = %claim.account, cause = cause(&error), "a mail of an account failed");
    }
}

/// Works until no account is due, and returns the number of turns. For tests.
pub async fn drain(app: &App, pace: Pace) -> Result<usize> {
    let (_told, stop) = watch::channel(());
    let (mut turns, taken) = (0, Taken::default());
    loop {
        match store::claim(app, &[]).await? {
            Found::Nothing => return Ok(turns),
            Found::Taken => (),
            Found::Claim(claim) => {
                turn(app, &claim, (pace, &taken), stop.clone()).await?;
                turns += 1;
                app.fault("between accounts")?;
            }
        }
    }
}

/// The turn of an account. The claim is extended for as long as it takes.
async fn turn(app: &App, claim: &Claim, pace: (Pace, &Taken), stop: watch::Receiver<()>) -> Result<()> {
    let mails = mails(app, claim, pace, stop);
    tokio::pin!(mails);
    loop {
        tokio::select! {
            done = &mut mails => return done,
            () = tokio::time::sleep(EXTENDED) => match store::extend(app, claim).await {
                Ok(_held_or_not) => (),
                Err(error) => tracing::warn!(cause = cause(&error), "a claim could not be extended"),
            },
        }
    }
}

async fn mails(
    app: &App,
    claim: &Claim,
    (pace, taken): (Pace, &Taken),
    stop: watch::Receiver<()>,
) -> Result<()> {
    app.fault("after the claim")?;
    settle(app, claim).await?;
    let mut next = Some(app.now());
    for _ in 0..TURN {
        if stop.has_changed().is_err() {
            break;
        }
        match pick(app, claim, taken).await? {
            Picked::Nothing(until) => {
                next = until;
                break;
            }
            Picked::Mail(place, _hold) => match deliver(app, claim, place, pace.patience).await {
                Ok(Done::Again) => {}
                Ok(Done::Rest | Done::Stopped(Stop { until: None, .. })) => {
                    next = later(app, claim, taken).await?;
                    break;
                }
                Ok(Done::Stopped(Stop { until: Some(until), .. })) => {
                    next = Some(until.min(app.now().plus(LOOK)));
                    break;
                }
                Err(error) => {
                    app.fault("before the account rests")?;
                    store::release(app, claim, Some(app.now().plus(AFTER_FAILURE))).await?;
                    return Err(error);
                }
            },
        }
    }
    app.fault("before the release")?;
    store::release(app, claim, next).await
}

/// When an account that cannot send now looks again.
async fn later(app: &App, claim: &Claim, taken: &Taken) -> Result<Option<Time>> {
    Ok(match pick(app, claim, taken).await? {
        Picked::Nothing(until) => until,
        Picked::Mail(..) => Some(app.now().plus(Time::MINUTE)),
    })
}

/// A process died, or lost the account, after it had armed a mail. The mail can have left, so it counts as sent, and is never
/// sent again.
async fn settle(app: &App, claim: &Claim) -> Result<()> {
    let can = itself(app, claim.workspace);
    let run = store::run(&can, can.reader().into(), claim.account).await?;
    match run.and_then(|run| run.armed) {
        None => Ok(()),
        Some(send) => book(app, claim, send, Outcome::of(Meaning::Unconfirmed, None), None).await,
    }
}
