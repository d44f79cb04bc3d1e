//! The headers of every page. The content security policy lets a page load only this server's own files, run only this
//! server's own scripts, and send its forms only here.

use super::assets::{ADDRESSES, pack, takes_gzip};
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use flate2::Compression;

pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                          form-action 'self'; frame-ancestors 'none'; base-uri 'none'; \
                          require-trusted-types-for 'script'; trusted-types 'none'";

const FIXED: [(HeaderName, HeaderValue); 5] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
];

/// Browsers may keep a page for going back, but ask again before they show it as new.
const KEPT: HeaderValue = HeaderValue::from_static("private, no-cache");
/// A page with a secret.
pub const NOT_STORED: HeaderValue = HeaderValue::from_static("no-store");

/// A page is smaller than this. Larger answers are sent as they are.
const LARGEST: usize = 2 * 1024 * 1024;
/// Below this, compression saves nothing.
const SMALLEST: u64 = 600;

/// The layer around the pages. A page that must not be stored can hold a secret: it is not compressed, because the
/// size of an answer would tell something about the secret.
pub async fn dress(request: Request, next: Next) -> Response {
    let gzip = takes_gzip(request.headers());
    let mut response = next.run(request).await;
    if !is_page(response.headers()) {
        return response;
    }
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, value);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(KEPT);
    if let Ok(rules) = HeaderValue::from_str(&format!("\"{}\"", ADDRESSES.ahead)) {
        headers.insert(HeaderName::from_static("speculation-rules"), rules);
    }
    headers.append(header::VARY, HeaderValue::from_static("accept-encoding, cookie"));
    match gzip && headers.get(header::CACHE_CONTROL) == Some(&KEPT) {
        true => packed(response).await,
        false => response,
    }
}

fn is_page(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

async fn packed(response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let size = axum::body::HttpBody::size_hint(&body).exact();
    let worth = size.is_some_and(|size| (SMALLEST..LARGEST as u64).contains(&size));
    if !worth {
        return Response::from_parts(parts, body);
    }
    let plain = to_bytes(body, LARGEST).await.unwrap_or_default();
    parts.headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(pack(&plain, Compression::fast())))
}
