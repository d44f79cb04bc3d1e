//! The runner claims jobs that are due and works on a few at a time. Mail has its own lane, so that an
//! invitation does not wait for a long job. Any number of processes can have a runner.

use super::mark;
use super::store::{self, Found, Left, Rest};
use super::{Claim, Kind, Outcome, Work};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Cause;
use crate::time::Time;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The jobs of a lane that a process works on at a time.
const AT_ONCE: usize = 4;
const PAUSE: Duration = Duration::from_millis(250);
/// The most attempts at a step that fails.
const ATTEMPTS: i64 = 8;
/// The first pause between retries. Each pause is four times the previous one, up to the longest.
const FIRST_PAUSE: i64 = 5_000;
const LONGEST_PAUSE: i64 = Time::HOUR;
/// A letter is retried for as long as its link can be valid.
const WEEK: i64 = 7 * Time::DAY;

/// Works until `stop` fires; then lets jobs in progress finish their step.
pub async fn run(app: App, work: Work, stop: watch::Receiver<()>) {
    tokio::join!(
        lane(&app, work, true, stop.clone()),
        lane(&app, work, false, stop.clone()),
        mark::keep(&app, stop)
    );
}

async fn lane(app: &App, work: Work, mail: bool, mut stop: watch::Receiver<()>) {
    let (mut running, mut pruned) = (JoinSet::new(), app.now());
    let stopped = stop.clone();
    loop {
        while running.len() < AT_ONCE {
            match store::claim(app, mail).await {
                Ok(Found::Job(claim)) => {
                    drop(running.spawn(attend(app.clone(), *claim, work, stopped.clone())))
                }
                Ok(Found::Taken) => (),
                Ok(Found::Nothing) => break,
                Err(error) => {
                    tracing::warn!(cause = cause(&error), "the queue cannot be read");
                    break;
                }
            }
        }
        if mail && app.now() >= pruned.plus(Time::HOUR) {
            pruned = app.now();
            if let Err(error) = super::prune(app).await {
                tracing::warn!(cause = cause(&error), "old jobs could not be removed");
            }
        }
        if !moment(&mut running, &mut stop, PAUSE).await {
            break;
        }
    }
    while running.join_next().await.is_some() {}
}

/// Waits until some work ends, at most for the pause. False if `stop` fired.
pub async fn moment(running: &mut JoinSet<()>, stop: &mut watch::Receiver<()>, pause: Duration) -> bool {
    let ended = async {
        match running.is_empty() {
            true => std::future::pending().await,
            false => running.join_next().await,
        }
    };
    tokio::select! {
        _ = stop.changed() => false,
        _ = ended => true,
        () = tokio::time::sleep(pause) => true,
    }
}

/// Works until no job is due, and returns the number of jobs. For tests, and for callers that want to wait.
pub async fn drain(app: &App, work: Work) -> Result<usize> {
    let (_told, stop) = watch::channel(());
    let mut done = 0;
    for mail in [false, true] {
        loop {
            match store::claim(app, mail).await? {
                Found::Nothing => break,
                Found::Taken => (),
                Found::Job(claim) => {
                    attend(app.clone(), *claim, work, stop.clone()).await;
                    app.fault("between jobs")?;
                    done += 1;
                }
            }
        }
    }
    Ok(done)
}

/// Runs a claimed job step by step. A failure is recorded; if recording fails too, the lease expires.
async fn attend(app: App, claim: Claim, work: Work, stop: watch::Receiver<()>) {
    let id = claim.id.clone();
    if let Err(error) = steps(app, claim, work, stop).await {
        tracing::warn!(job = id, cause = cause(&error), "a job was left to another runner");
    }
}

async fn steps(app: App, mut claim: Claim, work: Work, stop: watch::Receiver<()>) -> Result<()> {
    loop {
        app.fault("before a step")?;
        let outcome = match claim.attempts > ATTEMPTS && claim.kind != Kind::Mail {
            // The job was claimed repeatedly and never finished, so it probably crashes its runner.
            true => Ok(Outcome::Failed("it was tried too often".to_owned())),
            false => work(app.clone(), claim.clone()).await,
        };
        app.fault("after a step")?;
        let rest = match outcome {
            Ok(Outcome::Moved(progress)) if progress.done => return Ok(()),
            Ok(Outcome::Moved(progress)) => {
                claim = Claim { position: progress.position, data: progress.data, attempts: 0, ..claim };
                if stop.has_changed().is_ok() && !claim.kind.takes_turns() {
                    continue;
                }
                left(&app, Left::Pending, None)
            }
            Ok(Outcome::Done) => left(&app, Left::Success, None),
            Ok(Outcome::Failed(why)) => left(&app, Left::Failed, Some(why)),
            Ok(Outcome::Bounced(why)) => left(&app, Left::Bounced, Some(why)),
            Ok(Outcome::Later(why)) => again(&app, &claim, why),
            Err(
                error @ (Error::Busy
                | Error::Crowded
                | Error::TookTooLong
                | Error::Unavailable(_)
                | Error::Internal(_)
                | Error::Conflict(_)
                | Error::Taken),
            ) => {
                tracing::warn!(job = claim.id, cause = cause(&error), "a step failed");
                again(&app, &claim, error.to_string())
            }
            // The asker has lost the right, or the job cannot be done in its present form.
            Err(error) => left(&app, Left::Failed, Some(error.to_string())),
        };
        app.fault("before the books")?;
        write_down(&app, &claim, &rest).await?;
        return app.fault("after the books");
    }
}

/// Retries until the lease can have expired, because a letter that was sent but not recorded is sent again.
async fn write_down(app: &App, claim: &Claim, rest: &Rest) -> Result<()> {
    let mut tries = 0;
    loop {
        match store::rest(app.clone(), claim.clone(), rest.clone()).await {
            Ok(_) => return Ok(()),
            Err(error) if tries >= 10 => return Err(error),
            Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
        }
        tries += 1;
    }
}

fn left(app: &App, status: Left, error: Option<String>) -> Rest {
    Rest { status, due: app.now(), error, attempts: 0 }
}

/// Retries after a growing pause, and finally gives up.
fn again(app: &App, claim: &Claim, why: String) -> Rest {
    let over = match claim.kind {
        Kind::Mail => app.now() >= claim.created_at.plus(WEEK),
        Kind::AssignLeads
        | Kind::ImportLeads
        | Kind::MoveAccounts
        | Kind::MoveLeads
        | Kind::SetInterest
        | Kind::UpdateWarmupAccounts
        | Kind::VerifyLeads => claim.attempts >= ATTEMPTS,
    };
    if over {
        tracing::error!(job = claim.id, why, "a job was given up");
        return left(app, Left::Failed, Some(why));
    }
    let times = u32::try_from(claim.attempts.clamp(1, ATTEMPTS) - 1).unwrap_or(0);
    let due = app.now().plus((FIRST_PAUSE * 4_i64.pow(times)).min(LONGEST_PAUSE));
    Rest { due, attempts: claim.attempts, ..left(app, Left::Pending, Some(why)) }
}

/// The cause of an error, for the log.
pub fn cause(error: &Error) -> String {
    if let Error::Internal(cause) | Error::Unavailable(cause) = error {
        return Cause(cause.clone()).to_string();
    }
    error.to_string()
}
