//! The parts that all pages share: one style sheet and one script, both inline, and headers. The headers
//! prevent a page from loading anything else and from contacting other servers.

use crate::error::{Error, Result};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

pub const STYLE: &str = include_str!("page.css");
pub const SCRIPT: &str = include_str!("page.js");

static POLICY: LazyLock<String> = LazyLock::new(|| policy(STYLE, SCRIPT, "'none'"));

/// The content security policy of a page with this style and this script, whose forms are sent to `forms`.
pub fn policy(style: &str, script: &str, forms: &str) -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; img-src data:; \
         base-uri 'none'; form-action {forms}; frame-ancestors 'none'",
        hash(style),
        hash(script)
    )
}

pub fn page(status: StatusCode, template: &impl Template) -> Result<Response> {
    let html = template.render().map_err(Error::internal)?;
    let headers = [
        ("content-security-policy", POLICY.as_str()),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
    ];
    Ok((status, headers, Html(html)).into_response())
}

/// A page with only a title and a text.
#[derive(Template)]
#[template(path = "note.html")]
pub struct Note {
    pub title: &'static str,
    pub text: &'static str,
}

/// The page at `/`.
#[derive(Template)]
#[template(path = "start.html")]
pub struct Start<'a> {
    /// There is no workspace yet.
    pub empty: bool,
    /// The public URL of the server.
    pub base: &'a str,
}
