//! Answering requests, until told to stop.

use super::open;
use crate::app::App;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::meters::Meters;
use crate::router::router;
use crate::{http, jobs, resources};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// How long jobs under way may take to end their step, and letters that strangers asked for to be queued.
const GRACE: Duration = Duration::from_secs(10);

pub async fn run(mut config: Config) -> Result<()> {
    let stop = told_to_stop()?;
    let listener = http::listen(config.listen).await?;
    let watched = match config.metrics_listen {
        Some(address) => Some(http::listen(address).await?),
        None => None,
    };
    config.listen = listener.local_addr().map_err(Error::internal)?;
    let app = open::any(&config).await?;
    super::setup::offer(&app, &config).await?;
    let address = config.listen;
    tracing::info!("listening on http://{address}; documentation at http://{address}/docs");
    if let Some(watched) = &watched {
        let address = watched.local_addr().map_err(Error::internal)?;
        tracing::info!("metrics on http://{address}/metrics");
    }
    answer(app, listener, watched, stop).await
}

/// By SIGTERM or Ctrl-C, from now on: whoever reads that the server listens may stop it.
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

/// Until told to stop; then finishes what is under way and writes down what is still to be recorded.
pub async fn answer(
    app: App,
    listener: TcpListener,
    watched: Option<TcpListener>,
    stop: watch::Receiver<()>,
) -> Result<()> {
    let jobs = tokio::spawn(jobs::run(app.clone(), resources::work, stop.clone()));
    if let Some(listener) = watched {
        let meters = Meters::new(&[]); // whoever watches is not counted
        tokio::spawn(http::serve(listener, crate::watch::router(app.clone()), meters, stop.clone()));
    }
    http::serve(listener, router(app.clone()).0, app.meters.clone(), stop).await?;
    let _unfinished = tokio::time::timeout(GRACE, app.errands.flush()).await;
    let _ended = tokio::time::timeout(GRACE, jobs).await;
    app.behind.flush().await;
    Ok(())
}
