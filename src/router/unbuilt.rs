//! The operations of the official document that this server does not have. Each has a route, so that no other route
//! takes its path for an id, and the answer says that it is not built. `tests/contract.rs` keeps the list.

use crate::app::App;
use crate::error::Error;
use aide::openapi::OpenApi;
use axum::Router;
use axum::extract::OriginalUri;
use axum::http::Method;
use axum::routing::{MethodFilter, MethodRouter};
use std::collections::{BTreeMap, BTreeSet};

const LIST: &str = include_str!("../../tests/unimplemented.txt");

/// The operations, as method and path.
fn operations() -> impl Iterator<Item = (&'static str, &'static str)> {
    LIST.lines().filter_map(|line| line.split_once(' '))
}

/// These routes are merged with the others, because a path can have operations of both kinds.
pub fn router(built: &OpenApi) -> Router<App> {
    let known: BTreeSet<&str> =
        built.paths.iter().flat_map(|paths| paths.paths.keys()).map(String::as_str).collect();
    let mut paths = BTreeMap::<&str, MethodRouter<App>>::new();
    // An operation that was just built is in the list until `make accept` takes it out.
    for (method, path) in operations().filter(|(method, path)| !has(built, method, path)) {
        let Some(filter) = filter(method) else { continue };
        let route = paths.entry(path).or_default();
        *route = std::mem::take(route).on(filter, not_built);
    }
    paths.into_iter().fold(Router::new(), |router, (path, route)| match known.contains(path) {
        true => router.route(path, route),
        false => router.route(path, route.fallback(no_route)),
    })
}

fn has(built: &OpenApi, method: &str, path: &str) -> bool {
    let item = built.paths.iter().find_map(|paths| paths.paths.get(path)?.as_item());
    item.is_some_and(|item| item.iter().any(|(has, _)| has.eq_ignore_ascii_case(method)))
}

fn filter(method: &str) -> Option<MethodFilter> {
    let method: Method = method.parse().ok()?;
    method.try_into().ok()
}

async fn not_built(method: Method, OriginalUri(uri): OriginalUri) -> Error {
    let path = uri.path();
    Error::NoRoute(format!("Route {method}:{path} not found: this operation is not built in Gatepost yet"))
}

pub async fn no_route(method: Method, OriginalUri(uri): OriginalUri) -> Error {
    Error::NoRoute(format!("Route {method}:{} not found", uri.path()))
}
