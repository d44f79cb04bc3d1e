//! The style sheet, the scripts and the icon of the pages. They are part of the binary, and are hashed and compressed
//! once. The hash is in their address, so that browsers keep them for a year and never see an old one.

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::io::Write;
use std::sync::LazyLock;

/// A file of the pages, as it was when this server was built.
struct Source {
    name: &'static str,
    text: &'static str,
}

macro_rules! source {
    ($name:literal) => {
        Source { name: $name, text: include_str!(concat!("assets/", $name)) }
    };
}

/// Each file has one source, but the sheet has several. Its layers say which rule wins.
const FILES: [(&str, &str, &[Source]); 5] = [
    (
        "gatepost.css",
        "text/css; charset=utf-8",
        &[source!("tokens.css"), source!("base.css"), source!("layout.css"), source!("parts.css")],
    ),
    ("gatepost.js", "text/javascript; charset=utf-8", &[source!("gatepost.js")]),
    ("passkey.js", "text/javascript; charset=utf-8", &[source!("passkey.js")]),
    ("icon.svg", "image/svg+xml", &[source!("icon.svg")]),
    ("ahead.json", "application/speculationrules+json", &[source!("ahead.json")]),
];

impl Source {
    /// A debug build reads the file again when it starts, so that a change needs no compiler.
    fn read(&self) -> Cow<'static, str> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/web/assets/");
        let fresh =
            cfg!(debug_assertions).then(|| std::fs::read_to_string(format!("{path}{}", self.name)).ok());
        fresh.flatten().map_or(Cow::Borrowed(self.text), Cow::Owned)
    }
}

const YEAR: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const CHECK: HeaderValue = HeaderValue::from_static("no-cache");
const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");

struct File {
    name: &'static str,
    kind: &'static str,
    plain: Bytes,
    packed: Bytes,
}

/// What a page has to name: the addresses of its files.
pub struct Addresses {
    pub sheet: String,
    pub script: String,
    pub passkey: String,
    pub icon: String,
    pub ahead: String,
    hash: String,
}

static PACKED: LazyLock<Vec<File>> = LazyLock::new(|| {
    let file = |(name, kind, sources): (_, _, &[Source])| {
        let plain = sources.iter().map(Source::read).collect::<String>();
        let packed = Bytes::from(pack(plain.as_bytes(), Compression::best()));
        File { name, kind, plain: Bytes::from(plain), packed }
    };
    FILES.map(file).into()
});

pub static ADDRESSES: LazyLock<Addresses> = LazyLock::new(|| {
    let mut all = Sha256::new();
    for file in PACKED.iter() {
        all.update(file.name);
        all.update(&file.plain);
    }
    let hash: String = all.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let address = |name: &str| format!("/assets/{hash}/{name}");
    Addresses {
        sheet: address("gatepost.css"),
        script: address("gatepost.js"),
        passkey: address("passkey.js"),
        icon: address("icon.svg"),
        ahead: address("ahead.json"),
        hash: hash.clone(),
    }
});

/// Gives an empty text if the compression fails, which it cannot when it writes to memory.
pub fn pack(plain: &[u8], level: Compression) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), level);
    packer.write_all(plain).and_then(|()| packer.finish()).unwrap_or_default()
}

pub fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|line| line.split(',')).any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        named && parts.all(|weight| !matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{hash}/{name}", get(file))
}

/// A page of an older or newer server can name another hash, for a moment. It gets the file too, but must not keep it.
async fn file(Path((hash, name)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let Some(file) = PACKED.iter().find(|file| file.name == name) else {
        return (StatusCode::NOT_FOUND, "not found").into_response();
    };
    let gzip = takes_gzip(&headers);
    let body = match gzip {
        true => Body::from(file.packed.clone()),
        false => Body::from(file.plain.clone()),
    };
    let mut response = Response::new(body);
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
    out.insert(header::CACHE_CONTROL, if hash == ADDRESSES.hash { YEAR } else { CHECK });
    out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    out.insert("cross-origin-resource-policy", SAME_ORIGIN);
    if gzip {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_if_it_is_accepted() {
        let takes = |line: &'static str| {
            takes_gzip(&[(header::ACCEPT_ENCODING, HeaderValue::from_static(line))].into_iter().collect())
        };
        for yes in ["gzip", "br, gzip", "deflate, GZIP;q=0.5", "gzip;q=1.0"] {
            assert!(takes(yes), "{yes}");
        }
        for no in ["", "br", "gzip;q=0", "identity, gzip; q=0.0", "x-gzip"] {
            assert!(!takes(no), "{no}");
        }
    }
}
