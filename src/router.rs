//! The list of resources: what answers where, and what every call passes on its way in and out.

use crate::access::Attempt;
use crate::app::App;
use crate::error::Error;
use crate::http::{Cause, LARGEST, Origin, Refusal, Slot};
use crate::resources::*;
use aide::axum::ApiRouter;
use aide::openapi::{Info, OpenApi, SecurityScheme};
use aide::redoc::Redoc;
use axum::extract::{DefaultBodyLimit, OriginalUri, Request, State};
use axum::http::{HeaderName, HeaderValue, Method};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;

pub fn router(app: App) -> (axum::Router, OpenApi) {
    let mut api = described();
    let resources = ApiRouter::new()
        .merge(workspaces::router())
        .merge(workspace_members::router())
        .merge(api_keys::router())
        .merge(custom_tags::router())
        .merge(custom_tag_mappings::router())
        .merge(audit_logs::router())
        .merge(campaigns::router())
        .merge(accounts::router())
        .merge(account_campaign_mappings::router())
        .merge(leads::router())
        .merge(lead_lists::router())
        .merge(background_jobs::router())
        .merge(explain::router())
        .finish_api_with(&mut api, |api| api.security_scheme("ApiKeyAuth", bearer()));
    let document: Arc<str> = serde_json::to_string(&api).unwrap_or_default().into();
    let json = [("content-type", "application/json")];
    let router = resources
        .route("/openapi.json", get(async move || (json, document.to_string())))
        .route("/docs", Redoc::new("/openapi.json").with_title("Gatepost").axum_route::<App>().into())
        .fallback(no_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(CatchPanicLayer::custom(|_| Error::internal("a handler panicked").into_response()))
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(from_fn_with_state(app.clone(), edge))
        .route("/health", get(async || "ok").fallback(wrong_method))
        .layer(from_fn_with_state(app.clone(), request_id))
        .with_state(app);
    (router, api)
}

fn described() -> OpenApi {
    let info = Info {
        title: "Gatepost".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        description: Some(
            "Instantly's API v2, with access control, isolation between workspaces and an audit trail behind it. \
             Operations and fields marked `x-gatepost-extension` are ours."
                .to_owned(),
        ),
        ..Info::default()
    };
    OpenApi { info, ..OpenApi::default() }
}

fn bearer() -> SecurityScheme {
    SecurityScheme::Http {
        scheme: "bearer".to_owned(),
        bearer_format: None,
        description: Some("An API key, as `Authorization: Bearer gpk_...`".to_owned()),
        extensions: Default::default(),
    }
}

#[derive(Clone)]
struct RequestId(String);

/// Every answer carries the id under which the call is recorded.
async fn request_id(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = app.new_id().to_string();
    let header = HeaderValue::from_str(&id);
    request.extensions_mut().insert(RequestId(id));
    let mut response = next.run(request).await;
    if let Ok(header) = header {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), header);
    }
    response
}

/// Says where the call comes from, and notes what became of it.
async fn edge(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().map_or_else(String::new, |id| id.0.clone());
    let origin = Origin::of(&request, &app.trusted_proxies, id.clone());
    let attempt = Slot::<Attempt>::default();
    request.extensions_mut().insert(origin);
    request.extensions_mut().insert(attempt.clone());
    let response = next.run(request).await;
    if let Some(cause) = response.extensions().get::<Cause>() {
        tracing::error!(request_id = id, %cause, "request failed");
    }
    if let Some(attempt) = attempt.get() {
        app.note(attempt, response.extensions().get::<Refusal>().map(|refusal| refusal.0));
    }
    response
}

async fn no_route(method: Method, OriginalUri(uri): OriginalUri) -> Error {
    Error::NoRoute(format!("Route {method}:{} not found", uri.path()))
}

async fn wrong_method(method: Method, OriginalUri(uri): OriginalUri) -> Error {
    Error::WrongMethod(format!("Route {method}:{} not found; the path has other methods", uri.path()))
}
