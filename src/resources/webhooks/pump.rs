//! Delivers what waits. Each webhook is worked on by one process at a time, by a lease, so that its events stay in order. If
//! a process dies between a call and the record of it, the event is delivered again.

use super::deliver::{Done, deliver};
use super::store::{self, Found, Pump};
use crate::app::App;
use crate::error::Result;
use crate::jobs::{cause, moment};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The webhooks that a process works on at a time.
const AT_ONCE: usize = 8;
/// The deliveries that a webhook makes before another one has its turn, and the milliseconds after which its turn ends.
const TURN: usize = 20;
const LONGEST_TURN: i64 = 5_000;
/// How often the server looks for deliveries that are due. The look goes through all webhooks.
const PAUSE: Duration = Duration::from_secs(1);

/// Works until `stop` fires; then lets deliveries in progress finish.
pub async fn run(app: App, mut stop: watch::Receiver<()>) {
    let mut running = JoinSet::new();
    let stopped = stop.clone();
    loop {
        while running.len() < AT_ONCE {
            match store::claim(&app).await {
                Ok(Found::Pump(pump)) => drop(running.spawn(attend(app.clone(), pump, stopped.clone()))),
                Ok(Found::Taken) => (),
                Ok(Found::Nothing) => break,
                Err(error) => {
                    tracing::warn!(cause = cause(&error), "the webhooks cannot be read");
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

/// Works until nothing is due. Returns the number of turns. For tests.
pub async fn drain(app: &App) -> Result<usize> {
    let (_told, stop) = watch::channel(());
    let mut turns = 0;
    loop {
        match store::claim(app).await? {
            Found::Nothing => return Ok(turns),
            Found::Taken => (),
            Found::Pump(pump) => {
                attend(app.clone(), pump, stop.clone()).await;
                turns += 1;
                app.fault("between webhooks")?;
            }
        }
    }
}

async fn attend(app: App, pump: Pump, stop: watch::Receiver<()>) {
    if let Err(error) = turn(&app, &pump, stop).await {
        tracing::warn!(webhook = %pump.webhook, cause = cause(&error), "a webhook was left to another runner");
    }
}

async fn turn(app: &App, pump: &Pump, stop: watch::Receiver<()>) -> Result<()> {
    let ends = app.now().plus(LONGEST_TURN);
    for _ in 0..TURN {
        match deliver(app, pump).await? {
            Done::One if stop.has_changed().is_ok() && app.now() < ends => (),
            Done::One | Done::Rest => break,
        }
    }
    store::release(app, pump).await
}
