//! The way in to a page: which workspace its path names, and who may ask for a page at all.

use super::offer::WORKSPACE;
use crate::access::Place;
use crate::error::{Error, Result, Step};
use axum::extract::{MatchedPath, Request};
use axum::http::{Method, header};
use uuid::Uuid;

/// The workspace that a path names, if its pattern has one. A text that is not an id names no workspace, and its page is
/// not found, like that of a foreign one.
fn named(pattern: &str, path: &str) -> Result<Option<Uuid>> {
    let mut parts = pattern.split('/').zip(path.split('/'));
    match parts.find(|(part, _)| *part == WORKSPACE) {
        Some((_, id)) => id.parse().map(Some).map_err(|_| Error::hidden_by(Step::Delegation)),
        None => Ok(None),
    }
}

/// Puts the workspace where the caller is read. Pages take the cookie only, and only as what a window shows.
pub fn enter(request: &mut Request) -> Result<Option<Uuid>> {
    if request.headers().contains_key(header::AUTHORIZATION) {
        let why = "network: pages take the cookie of a person who is signed in, and no API key; the API is at /api/v2";
        return Err(Error::refused(Step::Network, why));
    }
    let shown = request.headers().get("sec-fetch-dest").is_none_or(|dest| dest == "document");
    if request.method() == Method::GET && !shown {
        return Err(Error::refused(Step::Network, "network: a page opens only in a window of its own"));
    }
    let pattern = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let place = named(&pattern.unwrap_or_default(), request.uri().path())?;
    if let Some(workspace) = place {
        request.extensions_mut().insert(Place(workspace));
    }
    Ok(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_its_workspace() {
        let id = "01890000-0000-7000-8000-000000000000";
        let at = |pattern: &str, path: &str| named(pattern, path).map_err(|error| error.to_string());
        let found = at("/w/{workspace}/members/{id}", &format!("/w/{id}/members/x"));
        assert_eq!(found, Ok(Some(id.parse().unwrap())));
        assert_eq!(at("/me", "/me"), Ok(None));
        assert_eq!(at("/w/{workspace}/", "/w/acme/"), Err("Resource not found".to_owned()));
    }
}
