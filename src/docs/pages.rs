//! The pages: an introduction with a list of the resources and a search, and a page for each resource.

use super::operation::Operation;
use super::{Resource, Site, command};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::Shared;
use askama::Template;
use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::io::Write;
use std::sync::{Arc, LazyLock, OnceLock};

pub(super) const STYLE: &str = concat!(include_str!("page.css"), include_str!("docs.css"));
pub(super) const SCRIPT: &str = include_str!("docs.js");

/// These pages have their style and their script inline, and load nothing else.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
});

/// The most bytes of a query. Longer ones count as empty: no form and no search makes them.
const LONGEST: usize = 20_000;
/// The most operations that a search shows.
const MOST: usize = 50;

/// `/docs` and the pages below it, from the text of the OpenAPI document.
pub fn router(document: fn() -> Bytes) -> axum::Router<App> {
    let read = move || Site::of(&serde_json::from_slice(&document()).unwrap_or_default());
    let site = Arc::new(LazyLock::new(read));
    let same = site.clone();
    let start = async move |State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap| {
        start(&site, &app, query.as_deref(), &headers)
    };
    let resource =
        async move |State(app): State<App>,
                    Path(name): Path<String>,
                    RawQuery(query): RawQuery,
                    headers: HeaderMap| { resource(&same, &app, &name, query.as_deref(), &headers) };
    axum::Router::new().route("/docs", get(start)).route("/docs/{resource}", get(resource))
}

#[derive(Template)]
#[template(path = "introduction.html")]
struct Introduction<'a> {
    site: &'a Site,
    base: &'a str,
    /// The words of the search.
    words: &'a str,
    found: Vec<(&'a Resource, &'a Operation)>,
}

fn start(site: &Site, app: &App, query: Option<&str>, headers: &HeaderMap) -> Result<Response> {
    let words = value(query, "q").unwrap_or_default();
    let base = &*app.public_url;
    if words.is_empty() {
        let introduction = || Introduction { site, base, words: "", found: vec![] }.render();
        return kept(&site.start, introduction, headers);
    }
    let mut found = site.search(&words);
    found.truncate(MOST);
    answer(&Introduction { site, base, words: &words, found })
}

#[derive(Template)]
#[template(path = "resource.html")]
struct OfResource<'a> {
    site: &'a Site,
    resource: &'a Resource,
    base: &'a str,
    /// The operation whose form was sent: the page then shows only this one, with the values of the form.
    tried: Option<&'a Operation>,
    query: Option<&'a str>,
}

impl OfResource<'_> {
    fn operations(&self) -> Vec<&Operation> {
        self.tried.map_or_else(|| self.resource.operations.iter().collect(), |operation| vec![operation])
    }

    fn value(&self, name: &str) -> Option<String> {
        value(self.query, name)
    }

    fn shown(&self, name: &str) -> String {
        self.value(name).unwrap_or_default()
    }

    fn command(&self, operation: &Operation) -> String {
        command::of(operation, self.base, &|name| self.value(name))
    }
}

fn resource(
    site: &Site,
    app: &App,
    name: &str,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response> {
    let Some(resource) = site.resource(name) else {
        let mut unknown = answer(&Introduction { site, base: &app.public_url, words: name, found: vec![] })?;
        *unknown.status_mut() = StatusCode::NOT_FOUND;
        return Ok(unknown);
    };
    let base = &*app.public_url;
    let tried = value(query, "operation");
    let tried = resource.operations.iter().find(|operation| Some(&operation.id) == tried.as_ref());
    match tried {
        None => {
            kept(&resource.page, || OfResource { site, resource, base, tried, query: None }.render(), headers)
        }
        Some(_) => answer(&OfResource { site, resource, base, tried, query }),
    }
}

fn value(query: Option<&str>, name: &str) -> Option<String> {
    let query = query.filter(|query| query.len() <= LONGEST)?;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// A page that is the same for everybody. It is made once.
#[derive(Clone)]
pub(super) struct Page {
    plain: Bytes,
    packed: Bytes,
}

impl Page {
    fn of(html: String) -> Result<Page> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        let packed = encoder.write_all(html.as_bytes()).and_then(|()| encoder.finish());
        Ok(Page { packed: packed.map_err(Error::internal)?.into(), plain: html.into() })
    }
}

fn headers(kept: bool) -> [(&'static str, &'static str); 4] {
    [
        ("content-security-policy", POLICY.as_str()),
        ("referrer-policy", "no-referrer"),
        ("vary", "accept-encoding"),
        ("cache-control", if kept { "no-cache" } else { "no-store" }),
    ]
}

/// Compressed for clients that accept it, as all browsers do.
fn kept(
    page: &OnceLock<Page>,
    render: impl FnOnce() -> askama::Result<String>,
    asked: &HeaderMap,
) -> Result<Response> {
    let Page { plain, packed } = match page.get() {
        Some(page) => page.clone(),
        None => {
            let made = Page::of(render().map_err(Error::internal)?)?;
            page.get_or_init(|| made).clone()
        }
    };
    match takes_gzip(asked) {
        true => {
            Ok((Extension(Shared), headers(true), [("content-encoding", "gzip")], Html(packed))
                .into_response())
        }
        false => Ok((Extension(Shared), headers(true), Html(plain)).into_response()),
    }
}

fn answer(template: &impl Template) -> Result<Response> {
    let html = template.render().map_err(Error::internal)?;
    Ok((headers(false), Html(html)).into_response())
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    let all = asked.get(header::ACCEPT_ENCODING).and_then(|all| all.to_str().ok()).unwrap_or_default();
    all.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next() == Some("gzip") && parts.next() != Some("q=0")
    })
}
