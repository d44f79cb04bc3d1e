//! The routes of the server, with the layer around them.

mod document;
mod names;
mod unbuilt;

use crate::app::App;
use crate::docs;
use crate::edge::{bare, edge};
use crate::error::Error;
use crate::http::{Shared, document_refusals};
use crate::resources::{
    self,
    operations::{described, routes},
};
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
    pages: axum::Router<App>,
    written: Vec<Written>,
}

static BUILT: LazyLock<Built> = LazyLock::new(|| {
    let operations = resources::all_operations();
    let unbuilt = unbuilt::router(&operations);
    let routes = routes(operations)
        .route(
            "/openapi.json",
            get(async || (Extension(Shared), [("content-type", "application/json")], document())),
        )
        .merge(docs::router(document))
        .merge(unbuilt)
        .merge(web::assets());
    let (pages, written) = web::together(resources::pages());
    Built { routes, pages: pages.merge(resources::visitors()), written }
});

/// It is large, and most servers are never asked for it.
static DOCUMENT: LazyLock<Bytes> = LazyLock::new(|| {
    let mut api = document::introduced();
    let _routes = described(&resources::all_operations()).finish_api_with(&mut api, document::secured);
    names::name_schemas(&mut api);
    document_refusals(&mut api);
    Bytes::from(serde_json::to_string(&api).unwrap_or_default())
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
    DOCUMENT.clone()
}

/// The document of the pages, which is not served. The tests walk over it as over that of the operations.
pub fn pages() -> (OpenApi, Vec<Written>) {
    let mut document = document::introduced();
    let pages = resources::pages();
    let _routes = web::described(&pages).finish_api(&mut document);
    (document, web::together(pages).1)
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
