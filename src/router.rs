//! What answers where.

mod document;
mod names;
mod unbuilt;

use crate::app::App;
use crate::edge::{bare, edge};
use crate::error::Error;
use crate::http::{Shared, document_refusals};
use crate::resources;
use aide::openapi::OpenApi;
use aide::redoc::Redoc;
use axum::Extension;
use axum::extract::OriginalUri;
use axum::http::Method;
use axum::middleware::from_fn_with_state;
use axum::response::Html;
use axum::routing::get;
use bytes::Bytes;

pub fn router(app: App) -> (axum::Router, OpenApi) {
    let mut api = document::introduced();
    let resources = resources::router().finish_api_with(&mut api, |api| document::secured(api, &app));
    names::name_schemas(&mut api);
    document_refusals(&mut api);
    let text = Bytes::from(serde_json::to_string(&api).unwrap_or_default());
    let json = [("content-type", "application/json")];
    let docs = Bytes::from(docs());
    let router = resources
        .route("/openapi.json", get(async move || (Extension(Shared), json, text)))
        .route("/docs", get(async move || (Extension(Shared), DOCS_HEADERS, Html(docs))))
        .merge(unbuilt::router(&api))
        .fallback(unbuilt::no_route)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(app.clone(), edge))
        .route(
            "/health",
            get(async || "ok").fallback(wrong_method).layer(from_fn_with_state(app.clone(), bare)),
        )
        .with_state(app);
    (router, api)
}

/// The page is another project's program: it loads nothing from other hosts and sends nothing to them.
const DOCS_HEADERS: [(&str, &str); 2] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src 'self' data:; \
         connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    ("referrer-policy", "no-referrer"),
];

/// Redoc shows the logo of its makers, from their host.
const LOGO: &str = "https://cdn.redoc.ly/redoc/logo-mini.svg";

fn docs() -> String {
    Redoc::new("/openapi.json").with_title("Gatepost API").html().replace(LOGO, "data:,")
}

async fn wrong_method(method: Method, OriginalUri(uri): OriginalUri) -> Error {
    Error::WrongMethod(format!("Route {method}:{} not found; the path has other methods", uri.path()))
}
