//! The operations of the official document that this server does not have. Each has a route, so that no other route
//! takes its path for an id, and the answer says that it is not built. `tests/contract.rs` keeps the list.

use crate::app::App;
use crate::error::Error;
use crate::resources::operations::Operation;
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
pub fn router(built: &[Operation]) -> Router<App> {
    let known: BTreeSet<&str> = built.iter().map(|operation| operation.path).collect();
    let built: BTreeSet<_> = built.iter().map(|operation| (operation.method, operation.path)).collect();
    let mut paths = BTreeMap::<&str, MethodRouter<App>>::new();
    // An operation that was just built is in the list until `make accept` takes it out.
    for (method, path) in operations().filter(|one| !built.contains(one)) {
        let Some(filter) = filter(method) else { continue };
        let route = paths.entry(path).or_default();
        *route = std::mem::take(route).on(filter, not_built);
    }
    paths.into_iter().fold(Router::new(), |router, (path, route)| match known.contains(path) {
        true => router.route(path, route),
        false => router.route(path, route.fallback(no_route)),
    })
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
