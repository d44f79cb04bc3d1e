//! The routes of the server, with the layer around them.

mod document;
mod names;
mod unbuilt;

use crate::app::App;
use crate::docs;
use crate::edge::{bare, edge};
use crate::error::Error;
use crate::http::{Shared, document_refusals};
use crate::resources;
use crate::web::{self, Site, Written, dress, told};
use aide::openapi::OpenApi;
use axum::Extension;
use axum::extract::OriginalUri;
use axum::handler::Handler;
use axum::http::{HeaderMap, Method};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use std::sync::LazyLock;

/// What does not depend on the settings. It takes long enough to build that a process builds it only once: the tests make
/// a router for each of their servers.
struct Built {
    routes: axum::Router<App>,
    /// The OpenAPI document of the operations.
    document: Bytes,
    pages: axum::Router<App>,
    written: Vec<Written>,
}

static BUILT: LazyLock<Built> = LazyLock::new(|| {
    let mut api = document::introduced();
    let resources = resources::router().finish_api_with(&mut api, document::secured);
    names::name_schemas(&mut api);
    document_refusals(&mut api);
    let document = Bytes::from(serde_json::to_string(&api).unwrap_or_default());
    let (text, json) = (document.clone(), [("content-type", "application/json")]);
    let routes = resources
        .route("/openapi.json", get(async move || (Extension(Shared), json, text)))
        .merge(docs::router(document.clone()))
        .merge(unbuilt::router(&api))
        .merge(web::assets());
    let (pages, written) = web::together(resources::pages());
    let pages = pages.finish_api(&mut OpenApi::default()).merge(resources::visitors());
    Built { routes, document, pages, written }
});

pub fn router(app: App) -> axum::Router {
    let site = Site::of(app.clone(), BUILT.written.clone());
    let pages = BUILT.pages.clone().layer(from_fn_with_state(site, told)).layer(from_fn(dress));
    BUILT
        .routes
        .clone()
        .merge(pages)
        .fallback(no_route.layer(from_fn(dress)))
        .method_not_allowed_fallback(wrong_method.layer(from_fn(dress)))
        .layer(from_fn_with_state(app.clone(), edge))
        .route(
            "/health",
            get(async || "ok").fallback(wrong_method).layer(from_fn_with_state(app.clone(), bare)),
        )
        .with_state(app)
}

/// The OpenAPI document of the operations, as `/openapi.json` serves it.
pub fn document() -> Bytes {
    BUILT.document.clone()
}

/// The document of the pages, which is not served. The tests walk over it as over that of the operations.
pub fn pages() -> (OpenApi, Vec<Written>) {
    let mut document = document::introduced();
    let (pages, written) = web::together(resources::pages());
    let _routes = pages.finish_api(&mut document);
    (document, written)
}

/// Browsers get a page, and clients of the API get JSON.
async fn no_route(method: Method, uri: OriginalUri, headers: HeaderMap) -> Response {
    match page_for(&uri, &headers) {
        Some(page) => page,
        None => unbuilt::no_route(method, uri).await.into_response(),
    }
}

/// A path that only takes posts is not a page.
async fn wrong_method(method: Method, uri: OriginalUri, headers: HeaderMap) -> Response {
    let error =
        || Error::WrongMethod(format!("Route {method}:{} not found; the path has other methods", uri.path()));
    page_for(&uri, &headers).unwrap_or_else(|| error().into_response())
}

fn page_for(uri: &OriginalUri, headers: &HeaderMap) -> Option<Response> {
    web::nowhere(headers).filter(|_| !uri.path().starts_with("/api/"))
}
