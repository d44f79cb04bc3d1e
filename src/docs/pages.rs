//! The pages: an introduction with a list of the resources and a search, and a page for each resource.

use super::operation::Operation;
use super::{Resource, Site, command};
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Note, page};
use askama::Template;
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

pub(super) const STYLE: &str = concat!(include_str!("../http/page.css"), include_str!("docs.css"));
pub(super) const SCRIPT: &str = include_str!("docs.js");

static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
});

/// Bytes of what a form sends back to be shown in a command.
const LONGEST: usize = 8_000;

/// `/docs` and the pages below it, from the text of the OpenAPI document.
pub fn router(document: Bytes) -> axum::Router<App> {
    let site: Arc<OnceLock<Site>> = Arc::default();
    let site = move || {
        site.get_or_init(|| Site::of(&serde_json::from_slice(&document).unwrap_or_default()));
        site.clone()
    };
    let other = site.clone();
    let start = async move |State(app): State<App>, RawQuery(query): RawQuery, headers: HeaderMap| {
        site().get().map_or_else(|| Err(Error::hidden()), |site| start(site, &app, query, &headers))
    };
    let resource = async move |State(app): State<App>,
                               Path(name): Path<String>,
                               RawQuery(query): RawQuery,
                               headers: HeaderMap| {
        other()
            .get()
            .map_or_else(|| Err(Error::hidden()), |site| resource(site, &app, &name, query, &headers))
    };
    axum::Router::new().route("/docs", get(start)).route("/docs/{resource}", get(resource))
}

#[derive(Template)]
#[template(path = "introduction.html")]
struct Introduction<'a> {
    site: &'a Site,
    base: &'a str,
    /// What was searched for.
    words: &'a str,
    found: Vec<(&'a Resource, &'a Operation)>,
}

fn start(site: &Site, app: &App, query: Option<String>, headers: &HeaderMap) -> Result<Response> {
    let words = value(query.as_deref(), "q").unwrap_or_default();
    let found = if words.is_empty() { vec![] } else { site.search(&words) };
    let base = app.public_url.trim_end_matches('/');
    answer(&Introduction { site, base, words: &words, found }, headers)
}

#[derive(Template)]
#[template(path = "resource.html")]
struct OfResource<'a> {
    site: &'a Site,
    resource: &'a Resource,
    base: &'a str,
    /// The operation whose form was sent, and the values in it.
    tried: Option<&'a str>,
    query: Option<&'a str>,
}

impl OfResource<'_> {
    fn is_tried(&self, operation: &Operation) -> bool {
        self.tried == Some(operation.id.as_str())
    }

    /// A value that was sent with the form of this operation.
    fn value(&self, operation: &Operation, name: &str) -> Option<String> {
        if self.is_tried(operation) { value(self.query, name) } else { None }
    }

    fn shown(&self, operation: &Operation, name: &str) -> String {
        self.value(operation, name).unwrap_or_default()
    }

    fn body(&self, operation: &Operation) -> String {
        self.value(operation, "body").or_else(|| operation.example.clone()).unwrap_or_default()
    }

    fn command(&self, operation: &Operation) -> String {
        command::of(operation, self.base, &|name| self.value(operation, name))
    }
}

fn resource(
    site: &Site,
    app: &App,
    name: &str,
    query: Option<String>,
    headers: &HeaderMap,
) -> Result<Response> {
    let Some(resource) = site.resource(name) else {
        let title = "There is no such page";
        let text = "The documentation has a page for each resource; /docs lists them.";
        return page(StatusCode::NOT_FOUND, &Note { title, text });
    };
    let tried = value(query.as_deref(), "operation");
    let base = app.public_url.trim_end_matches('/');
    answer(&OfResource { site, resource, base, tried: tried.as_deref(), query: query.as_deref() }, headers)
}

fn value(query: Option<&str>, name: &str) -> Option<String> {
    let query = query.filter(|query| query.len() <= LONGEST)?;
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Compressed for clients that take it, which all browsers do.
fn answer(template: &impl Template, asked: &HeaderMap) -> Result<Response> {
    let html = template.render().map_err(Error::internal)?;
    let headers = [
        ("content-security-policy", POLICY.as_str()),
        ("referrer-policy", "no-referrer"),
        ("vary", "accept-encoding"),
    ];
    if !takes_gzip(asked) {
        return Ok((headers, Html(html)).into_response());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let packed =
        encoder.write_all(html.as_bytes()).and_then(|()| encoder.finish()).map_err(Error::internal)?;
    Ok((headers, [("content-encoding", "gzip")], Html(packed)).into_response())
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    let all = asked.get(header::ACCEPT_ENCODING).and_then(|all| all.to_str().ok()).unwrap_or_default();
    all.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        parts.next() == Some("gzip") && parts.next() != Some("q=0")
    })
}
