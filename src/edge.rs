//! The layer around every call. It gives the call an id, determines its origin, and records, counts and logs
//! the outcome.

use crate::access::Attempt;
use crate::app::App;
use crate::error::{Error, Step};
use crate::http::{Answers, Cause, LARGEST, Origin, Paced, Refusal, Slot};
use crate::resources::api_keys;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

/// Delays refusals of callers that exceed the rate or have too many waiting calls, so that clients that retry
/// in a loop slow down and other callers do not wait.
const PACE: Duration = Duration::from_millis(250);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const NOSNIFF: HeaderValue = HeaderValue::from_static("nosniff");

const FOREIGN: &str = "network: a page of another site cannot change anything here in the name of its visitor; \
                       this server's own pages, and callers with an API key, can";

/// For routes that are neither recorded nor counted.
pub async fn bare(State(app): State<App>, request: Request, next: Next) -> Response {
    named(next.run(request).await, &app.new_id().to_string())
}

/// This is a single layer, because each further layer is copied and boxed for every request.
pub async fn edge(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let began = Instant::now();
    let id = app.new_id().to_string();
    let origin = Origin::of(&request, &app.trusted_proxies, id.clone());
    let ignored = origin.ignored.clone();
    let address = origin.address;
    let attempt = Slot::<Attempt>::default();
    let call = Call {
        id,
        method: known(request.method()),
        path: request.extensions().get::<MatchedPath>().cloned(),
        uri: request.uri().clone(),
    };
    request.extensions_mut().insert(origin);
    request.extensions_mut().insert(attempt.clone());
    request.extensions_mut().insert(app.room.clone());
    DefaultBodyLimit::max(LARGEST).apply(&mut request);
    let response = match app.site.is_foreign(request.method(), request.headers()) {
        true => Error::refused(Step::Network, FOREIGN).into_response(),
        false => answer(next, request).await,
    };
    let attempt = attempt.get();
    let mut response =
        if Answers::counts(&response) { held(&app, attempt.as_ref(), response) } else { response };
    let refused = response.extensions().get::<Refusal>().map(|refusal| refusal.0);
    let took = began.elapsed();
    app.meters.answered(call.method, call.path(), response.status().as_u16(), refused, took);
    call.log(attempt.as_ref(), &response, took);
    if let Some(attempt) = attempt {
        if let Some(key) = attempt.canary() {
            api_keys::warn(&app, &attempt, key, address);
        }
        app.note(attempt, refused, (call.path(), call.uri.path()));
    }
    if let Some(names) = ignored.get().and_then(|ignored| ignored.header()) {
        response.headers_mut().insert(HeaderName::from_static("x-gatepost-ignored"), names);
    }
    if is_paced(&response) {
        tokio::time::sleep(PACE).await;
    }
    named(response, &call.id)
}

/// A panic fails only the call in which it happens.
async fn answer(next: Next, request: Request) -> Response {
    let answer = AssertUnwindSafe(async { next.run(request).await }).catch_unwind().await;
    answer.unwrap_or_else(|_| Error::internal("a handler panicked").into_response())
}

fn is_paced(response: &Response) -> bool {
    match response.status() {
        StatusCode::TOO_MANY_REQUESTS => true,
        StatusCode::SERVICE_UNAVAILABLE => response.extensions().get::<Paced>().is_some(),
        _ => false,
    }
}

/// A long answer is counted against the caller's workspace until the client has read it.
fn held(app: &App, attempt: Option<&Attempt>, response: Response) -> Response {
    let made = response.status().is_success() && attempt.is_some_and(Attempt::is_change);
    app.answers.hold(attempt.map(Attempt::home), made, response)
}

/// Every answer has the id under which the call is recorded, and a header that stops browsers from guessing
/// the content type.
fn named(mut response: Response, id: &str) -> Response {
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, NOSNIFF);
    if let Ok(id) = HeaderValue::from_str(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Unknown methods are counted under one name, because callers can invent any number of them.
fn known(method: &Method) -> &'static str {
    let all = [
        Method::GET,
        Method::POST,
        Method::PATCH,
        Method::DELETE,
        Method::PUT,
        Method::HEAD,
        Method::OPTIONS,
    ];
    let names = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "OPTIONS"];
    all.iter().zip(names).find(|(known, _)| *known == method).map_or("other", |(_, name)| name)
}

struct Call {
    id: String,
    method: &'static str,
    path: Option<MatchedPath>,
    uri: Uri,
}

impl Call {
    /// The path of the operation, not of the call, which can contain ids.
    fn path(&self) -> &str {
        self.path.as_ref().map_or("none", MatchedPath::as_str)
    }

    /// Each call is a line under `gatepost::request=debug`. Failures are always logged.
    fn log(&self, attempt: Option<&Attempt>, response: &Response, took: Duration) {
        let status = response.status().as_u16();
        if let Some(cause) = response.extensions().get::<Cause>() {
            match status {
                // The database module logs an outage once, so it is not logged for each call.
                503 => tracing::debug!(request_id = self.id, %cause, "request failed"),
                _ => tracing::error!(request_id = self.id, %cause, "request failed"),
            }
        }
        if !tracing::enabled!(target: "gatepost::request", tracing::Level::DEBUG) {
            return;
        }
        let refused = response.extensions().get::<Refusal>().map(|refusal| refusal.0.name());
        let actor = attempt.map(|attempt| &attempt.actor);
        let principal = actor.and_then(|actor| actor.api_key_id.or(actor.member_id));
        tracing::debug!(
            target: "gatepost::request",
            request_id = self.id,
            method = self.method,
            path = self.path(),
            status,
            workspace = attempt.map(|attempt| tracing::field::display(attempt.workspace)),
            principal = principal.map(tracing::field::display),
            permission = attempt.map(|attempt| attempt.permission),
            decision = refused.unwrap_or("allowed"),
            duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
            "answered"
        );
    }
}
