//! Claims what is due and works on it, a few jobs at a time; mail has a lane of its own, so that no long job
//! keeps an invitation waiting. Any number of processes may run one.

use super::store::{self, Left, Rest};
use super::{Claim, Outcome, Work};
use crate::app::App;
use crate::error::{Error, Result};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Jobs of a lane that a process works on at a time.
const AT_ONCE: usize = 4;
const PAUSE: Duration = Duration::from_millis(250);
/// How often a step that fails is tried, and the first pause between; each is four times the one before.
const ATTEMPTS: i64 = 8;
const FIRST_PAUSE: i64 = 5_000;

/// Until `stop` says so; then lets what is under way finish its step.
pub async fn run(app: App, work: Work, stop: watch::Receiver<()>) {
    tokio::join!(lane(&app, work, true, stop.clone()), lane(&app, work, false, stop));
}

async fn lane(app: &App, work: Work, mail: bool, mut stop: watch::Receiver<()>) {
    let mut running = JoinSet::new();
    let stopped = stop.clone();
    loop {
        while running.len() < AT_ONCE {
            match store::claim(app, mail).await {
                Ok(Some(claim)) => {
                    let (app, stopped) = (app.clone(), stopped.clone());
                    running.spawn(attend(app, claim, work, stopped));
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::warn!(%error, "the queue cannot be read");
                    break;
                }
            }
        }
        let ended = async {
            match running.is_empty() {
                true => std::future::pending().await,
                false => running.join_next().await,
            }
        };
        tokio::select! {
            _ = stop.changed() => break,
            _ = ended => (),
            () = tokio::time::sleep(PAUSE) => (),
        }
    }
    while running.join_next().await.is_some() {}
}

/// Works until nothing is due; how many jobs that were. For tests, and whoever wants to wait.
pub async fn drain(app: &App, work: Work) -> Result<usize> {
    let (_told, stop) = watch::channel(());
    let mut done = 0;
    for mail in [false, true] {
        while let Some(claim) = store::claim(app, mail).await? {
            attend(app.clone(), claim, work, stop.clone()).await;
            app.fault("between jobs")?;
            done += 1;
        }
    }
    Ok(done)
}

/// A claimed job, step by step. A failure is written down; if that fails too, the lease runs out.
async fn attend(app: App, claim: Claim, work: Work, stop: watch::Receiver<()>) {
    let id = claim.id.clone();
    if let Err(error) = steps(app, claim, work, stop).await {
        tracing::warn!(job = id, %error, "a job was left to another runner");
    }
}

async fn steps(app: App, mut claim: Claim, work: Work, stop: watch::Receiver<()>) -> Result<()> {
    loop {
        app.fault("before a step")?;
        let outcome = work(app.clone(), claim.clone()).await;
        app.fault("after a step")?;
        let rest = match outcome {
            Ok(Outcome::Moved(progress)) if progress.done => return Ok(()),
            Ok(Outcome::Moved(_)) if stop.has_changed().is_err() => over(&app, Left::Pending, None),
            Ok(Outcome::Moved(progress)) => {
                claim = Claim { position: progress.position, data: progress.data, ..claim };
                continue;
            }
            Ok(Outcome::Done) => over(&app, Left::Success, None),
            Ok(Outcome::Failed(why)) => over(&app, Left::Failed, Some(why)),
            Ok(Outcome::Later(why)) => again(&app, &claim, why),
            Err(error @ (Error::Busy | Error::Internal(_) | Error::Conflict(_))) => {
                again(&app, &claim, error.to_string())
            }
            // Whoever asked for it may not do it any more, or it cannot be done as it is.
            Err(error) => over(&app, Left::Failed, Some(error.to_string())),
        };
        app.fault("before the books")?;
        store::rest(app.clone(), claim, rest).await?;
        return app.fault("after the books");
    }
}

fn over(app: &App, status: Left, error: Option<String>) -> Rest {
    Rest { status, due: app.now(), error, attempts: 0 }
}

/// Later, and later still; after many tries not again.
fn again(app: &App, claim: &Claim, why: String) -> Rest {
    let attempts = claim.attempts + 1;
    if attempts >= ATTEMPTS {
        return Rest { status: Left::Failed, due: app.now(), error: Some(why), attempts };
    }
    let pause = FIRST_PAUSE * 4_i64.pow(claim.attempts.clamp(0, ATTEMPTS) as u32);
    Rest { status: Left::Pending, due: app.now().plus(pause), error: Some(why), attempts }
}
