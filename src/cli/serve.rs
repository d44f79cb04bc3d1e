//! Answering requests, until told to stop.

use super::open;
use crate::app::App;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::router::router;
use crate::{jobs, resources};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// How long answers under way may take once the server is told to stop.
const GRACE: Duration = Duration::from_secs(10);

pub async fn run(mut config: Config) -> Result<()> {
    let listener = listen(&config).await?;
    config.listen = listener.local_addr().map_err(Error::internal)?;
    let app = open::any(&config).await?;
    if super::init::is_empty(&app).await? {
        tracing::warn!("there is no workspace yet; create one with `gatepost init`");
    }
    let address = config.listen;
    tracing::info!("listening on http://{address}; documentation at http://{address}/docs");
    answer(app, listener).await
}

pub async fn listen(config: &Config) -> Result<TcpListener> {
    let taken = |error| Error::invalid(format!("cannot listen on {}: {error}", config.listen));
    TcpListener::bind(config.listen).await.map_err(taken)
}

/// Until SIGTERM or Ctrl-C; then finishes what is under way and writes down what is still to be recorded.
pub async fn answer(app: App, listener: TcpListener) -> Result<()> {
    let (router, _) = router(app.clone());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let (told, stop) = tokio::sync::watch::channel(());
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::internal)?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => (),
            _ = tokio::signal::ctrl_c() => (),
        }
        drop(told);
    });
    let jobs = tokio::spawn(jobs::run(app.clone(), resources::work, stop.clone()));
    let (mut graceful, mut late) = (stop.clone(), stop);
    let serve = axum::serve(listener, service).with_graceful_shutdown(async move {
        let _told = graceful.changed().await;
        tracing::info!("stopping");
    });
    tokio::select! {
        done = async { serve.await } => done.map_err(Error::internal)?,
        () = async { let _told = late.changed().await; tokio::time::sleep(GRACE).await } => {
            tracing::warn!("some requests did not end in time");
        }
    }
    let _ended = tokio::time::timeout(GRACE, jobs).await;
    app.behind.flush().await;
    Ok(())
}
