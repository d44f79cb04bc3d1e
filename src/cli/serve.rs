//! Answers requests until the process is told to stop.

use super::out::Out;
use super::{advice, open, serving};
use crate::access::storage;
use crate::app::App;
use crate::config::{Config, Sending};
use crate::error::{Error, Result};
use crate::meters::Meters;
use crate::router::router;
use crate::{http, jobs, resources};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

pub async fn run(mut config: Config, out: Out) -> Result<()> {
    let stop = told_to_stop()?;
    let listener = http::listen(config.listen).await?;
    let watched = match config.metrics_listen {
        Some(address) => Some(http::listen(address).await?),
        None => None,
    };
    config.listen = listener.local_addr().map_err(Error::internal)?;
    let _alone = serving::alone(&open::Place::of(&config)?)?;
    advice::log(&config);
    let app = open::any(&config).await?;
    serving::note(&app).await?;
    let setup_url = super::setup::offer(&app, &config).await?;
    match &setup_url {
        _ if out.json => out.say(&json!({ "base_url": &*app.public_url, "setup_url": setup_url }), "")?,
        Some(url) => out.line(format_args!(
            "This server has no workspace yet. Open this link to create the first one; it works once:\n\n  {url}\n"
        ))?,
        None => (),
    }
    let address = config.listen;
    tracing::info!("listening on http://{address}; documentation at http://{address}/docs");
    if let Some(watched) = &watched {
        let address = watched.local_addr().map_err(Error::internal)?;
        tracing::info!("metrics on http://{address}/metrics");
    }
    answer(app, (listener, watched), config.sending, stop).await
}

/// Listens for SIGTERM and Ctrl-C from this point on, so that a program that waits for the log line
/// "listening" can then stop the server.
pub fn told_to_stop() -> Result<watch::Receiver<()>> {
    let (told, stop) = watch::channel(());
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::internal)?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => (),
            _ = tokio::signal::ctrl_c() => (),
        }
        drop(told);
    });
    Ok(stop)
}

/// Serves until told to stop; then finishes work in progress and writes the pending records.
pub async fn answer(
    app: App,
    (listener, watched): (TcpListener, Option<TcpListener>),
    Sending(places): Sending,
    stop: watch::Receiver<()>,
) -> Result<()> {
    let jobs = tokio::spawn(jobs::run(app.clone(), resources::work, stop.clone()));
    let webhooks = tokio::spawn(resources::webhooks::run(app.clone(), stop.clone()));
    let (sender, stopped) = (app.clone(), stop.clone());
    let mails = tokio::spawn(async move {
        if let Some(places) = places {
            resources::campaign_mails::run(sender, places, stopped).await;
        }
    });
    tokio::spawn(storage::keep(app.clone(), stop.clone()));
    if let Some(listener) = watched {
        let meters = Meters::new(&[]); // calls for metrics are not counted
        tokio::spawn(http::serve(listener, crate::watch::router(app.clone()), meters, stop.clone()));
    }
    // One time limit for all work in progress. Jobs that do not finish in time continue at the next start.
    let limit = tokio::spawn(http::time_to_finish(stop.clone()));
    http::serve(listener, router(app.clone()), app.meters.clone(), stop).await?;
    tokio::select! {
        _ended = async { tokio::join!(app.errands.flush(), jobs, webhooks, mails) } => (),
        _over = limit => (),
    }
    app.behind.flush().await;
    Ok(())
}
