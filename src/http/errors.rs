//! The one mapping from errors to HTTP.

use crate::error::{Error, Step};
use aide::OperationOutput;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::sync::Arc;

/// Attached to the answer, so that the edge can record which step refused it.
#[derive(Clone, Copy, Debug)]
pub struct Refusal(pub Step);

/// Attached to the answer, so that the edge delays it.
#[derive(Clone, Copy, Debug)]
pub struct Paced;

/// Attached to the answer, so that the edge can log the cause once, with the id of the request. Callers never
/// see it.
#[derive(Clone, Debug)]
pub struct Cause(pub Arc<dyn std::error::Error + Send + Sync>);

impl std::fmt::Display for Cause {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(cause) = source {
            write!(out, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

fn status(error: &Error) -> StatusCode {
    match error {
        Error::Invalid(_) => StatusCode::BAD_REQUEST,
        Error::Refused { hidden: true, .. } => StatusCode::NOT_FOUND,
        Error::Refused { step, .. } => match step {
            Step::Credential => StatusCode::UNAUTHORIZED,
            Step::Rate => StatusCode::TOO_MANY_REQUESTS,
            Step::Workspace | Step::Record => StatusCode::NOT_FOUND,
            Step::Network | Step::Delegation | Step::Scope | Step::Role | Step::GuardRail | Step::Reach => {
                StatusCode::FORBIDDEN
            }
        },
        Error::NotInPlan(_) | Error::NotConfigured(_) | Error::NoCredit(_) | Error::NoStorage(_) => {
            StatusCode::PAYMENT_REQUIRED
        }
        Error::DailyLimit(_) => StatusCode::TOO_MANY_REQUESTS,
        Error::NotFound | Error::NoRoute(_) => StatusCode::NOT_FOUND,
        Error::WrongMethod(_) => StatusCode::METHOD_NOT_ALLOWED,
        Error::Conflict(_) | Error::Taken => StatusCode::CONFLICT,
        Error::Gone(_) => StatusCode::GONE,
        Error::TooLarge | Error::TooMuch(_) => StatusCode::PAYLOAD_TOO_LARGE,
        Error::TooSlow => StatusCode::REQUEST_TIMEOUT,
        Error::Busy | Error::Crowded | Error::TookTooLong | Error::Unread | Error::Unavailable(_) => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The error itself rides on the answer, for the layer that shows it as a page.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = status(&self);
        let (code, error) = (status.as_u16(), status.canonical_reason());
        let body = json!({ "statusCode": code, "error": error, "message": self.to_string() });
        let mut response = (status, axum::Json(body)).into_response();
        let wait = match (&self, status) {
            (Error::DailyLimit(_), _) => Some("86400"),
            (_, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) => Some("1"),
            (_, _) => None,
        };
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        match &self {
            Error::Refused { step, .. } => drop(response.extensions_mut().insert(Refusal(*step))),
            Error::DailyLimit(_) => drop(response.extensions_mut().insert(Refusal(Step::Rate))),
            Error::NotInPlan(_) => drop(response.extensions_mut().insert(Refusal(Step::Workspace))),
            Error::Invalid(_)
            | Error::NotConfigured(_)
            | Error::NoCredit(_)
            | Error::NoStorage(_)
            | Error::NotFound
            | Error::NoRoute(_)
            | Error::WrongMethod(_)
            | Error::Conflict(_)
            | Error::Gone(_)
            | Error::Taken
            | Error::TooLarge
            | Error::TooMuch(_)
            | Error::TooSlow
            | Error::Unread
            | Error::Busy
            | Error::TookTooLong => (),
            Error::Crowded => drop(response.extensions_mut().insert(Paced)),
            Error::Internal(cause) | Error::Unavailable(cause) => {
                drop(response.extensions_mut().insert(Cause(cause.clone())))
            }
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl OperationOutput for Error {
    type Inner = Self;
}
