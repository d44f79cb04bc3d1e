//! `/metrics` for Prometheus, on a separate address. It needs no key, so it names no people or workspaces.

use crate::app::App;
use crate::error::Result;
use crate::jobs;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::routing::get;

const OPENMETRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub fn router(app: App) -> axum::Router {
    axum::Router::new().route("/metrics", get(metrics)).with_state(app)
}

async fn metrics(State(app): State<App>) -> Result<impl IntoResponse> {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    app.meters.waits("read", count(app.reader.waiting()));
    app.meters.waits("write", count(app.gate.waiting()));
    app.meters.waits("recorded behind the answer", count(app.behind.waiting()));
    // If the database is unavailable, the other metrics are still reported.
    if let Ok(depths) = jobs::depths(&app).await {
        depths.into_iter().for_each(|(lane, waiting)| app.meters.waits(lane, waiting));
    }
    Ok(([("content-type", OPENMETRICS)], app.meters.text()?))
}
