//! Which URLs and headers a webhook can have.

use super::sealed::REDACTED;
use super::sign;
use crate::app::App;
use crate::error::{Error, Result};
use crate::net::http::Towards;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Map;
use std::collections::BTreeMap;
use url::Url;

pub type Headers = BTreeMap<String, String>;

const MOST_HEADERS: usize = 20;
const LONGEST_NAME: usize = 100;
const LONGEST_VALUE: usize = 4096;

/// Headers that the connection, the body or the signature determines.
const RESERVED: [&str; 18] = [
    "host",
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "trailers",
    "transfer-encoding",
    "upgrade",
    "expect",
    "content-length",
    "content-type",
    "content-encoding",
    sign::ID,
    sign::TIMESTAMP,
    sign::SIGNATURE,
];

/// Refuses a URL that no delivery can reach. An address behind a name is checked at each delivery.
pub fn check_url(app: &App, text: &str) -> Result<Url> {
    let wrong = |why: &str| Error::invalid(format!("body/target_hook_url {why}"));
    let url = Url::parse(text).map_err(|_| wrong("must match format \"uri\""))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("must not have a user name or password; use `headers`"));
    }
    if url.scheme() == "http" && !app.net.has_webhook_networks() {
        return Err(wrong(
            "must begin with https://. The operator of this server can allow http:// inside their networks",
        ));
    }
    match app.net.admits(&url, Towards::Webhooks) {
        true => Ok(url),
        false => Err(wrong("must have a host to which this server may connect")),
    }
}

/// The headers with their names in lower case.
pub fn check_headers(given: &Headers) -> Result<Headers> {
    let wrong = |why: String| Err(Error::invalid(format!("body/headers {why}")));
    if given.len() > MOST_HEADERS {
        return wrong(format!("must have at most {MOST_HEADERS} headers"));
    }
    let mut checked = Headers::new();
    for (name, value) in given {
        let lower = name.to_ascii_lowercase();
        if name.len() > LONGEST_NAME || HeaderName::from_bytes(lower.as_bytes()).is_err() {
            return wrong(format!("must have names of headers of at most {LONGEST_NAME} characters"));
        }
        if RESERVED.contains(&lower.as_str()) {
            return wrong(format!("must not have `{lower}`, which the server sets"));
        }
        if value.len() > LONGEST_VALUE || HeaderValue::from_str(value).is_err() {
            return wrong(format!("must have values of one line of at most {LONGEST_VALUE} bytes"));
        }
        if checked.insert(lower.clone(), value.clone()).is_some() {
            return wrong(format!("must have `{lower}` only once"));
        }
    }
    Ok(checked)
}

/// A client that changes what it was shown sends back the redacted values. These headers keep what they have.
pub fn keep_redacted(mut new: Headers, old: &Headers) -> Headers {
    new.retain(|name, value| value != REDACTED || old.contains_key(name));
    for (name, value) in &mut new {
        if value == REDACTED
            && let Some(kept) = old.get(name)
        {
            value.clone_from(kept);
        }
    }
    new
}

/// The headers as they are shown.
pub fn shown(headers: &Headers) -> Option<Map<String, serde_json::Value>> {
    let shown: Map<_, _> = headers.keys().map(|name| (name.clone(), REDACTED.into())).collect();
    (!shown.is_empty()).then_some(shown)
}

/// The headers of a delivery, except those of its signature.
pub fn map(headers: &Headers) -> HeaderMap {
    let mut map = HeaderMap::new();
    map.insert("content-type", HeaderValue::from_static("application/json"));
    map.insert("user-agent", HeaderValue::from_static(concat!("Gatepost/", env!("CARGO_PKG_VERSION"))));
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
        {
            map.insert(name, value);
        }
    }
    map
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(all: &[(&str, &str)]) -> Headers {
        all.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn headers_that_the_server_sets_are_refused() {
        let good = check_headers(&headers(&[("Authorization", "Basic x"), ("X-Own", "1")])).unwrap();
        assert_eq!(good, headers(&[("authorization", "Basic x"), ("x-own", "1")]));
        let (long, many) = ("x".repeat(4097), (0..21).map(|n| format!("x-{n}")).collect::<Vec<_>>());
        let many: Vec<_> = many.iter().map(|name| (name.as_str(), "1")).collect();
        let wrong: [&[(&str, &str)]; 9] = [
            &[("Host", "a.example")],
            &[("CONNECTION", "close")],
            &[("Transfer-Encoding", "chunked")],
            &[("Webhook-Signature", "v1,x")],
            &[("a b", "1")],
            &[("x", "1\r\ny: 2")],
            &[("x", &long)],
            &[("A", "1"), ("a", "2")],
            &many,
        ];
        for all in wrong {
            assert!(check_headers(&headers(all)).is_err(), "{all:?}");
        }
    }

    #[test]
    fn redacted_values_stay_as_they_were() {
        let old = headers(&[("a", "secret"), ("b", "2")]);
        let new = headers(&[("a", REDACTED), ("b", "3"), ("c", REDACTED)]);
        assert_eq!(keep_redacted(new, &old), headers(&[("a", "secret"), ("b", "3")]));
    }
}
