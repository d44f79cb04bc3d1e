//! Cookies. Their names and attributes depend on the address at which people reach the server. The prefix
//! `__Host-` (RFC 6265bis, section 4.1.3.2) keeps other hosts of the domain from setting them.

use crate::error::{Error, Result, Step};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use std::net::IpAddr;
use url::{Host, Url};

/// How people reach the server.
#[derive(Clone, Debug)]
pub struct Site {
    origin: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Https,
    /// Plain HTTP that does not leave the machine.
    Loopback,
    /// Plain HTTP over a network: signing in is refused.
    Open,
}

/// The purpose of a cookie.
#[derive(Clone, Copy, Debug)]
pub enum Cookie {
    Session,
    /// Marks a device on which somebody has signed in before.
    Device,
    /// What a page says once after a change, sealed.
    Said,
}

/// Longer than any session. The server ends sessions by its own clock.
const YEAR: i64 = 365 * 24 * 60 * 60;

impl Site {
    /// `public_url` is the address with which links begin.
    pub fn of(public_url: &str) -> Site {
        let url = Url::parse(public_url).ok();
        let kind = match &url {
            Some(url) if url.scheme() == "https" => Kind::Https,
            Some(url) if url.scheme() == "http" && is_loopback(url) => Kind::Loopback,
            Some(_) | None => Kind::Open,
        };
        Site { origin: url.map_or_else(String::new, |url| url.origin().ascii_serialization()), kind }
    }

    /// Refuses if a cookie would be sent unencrypted.
    pub fn is_safe(&self) -> Result<()> {
        match self.kind {
            Kind::Https | Kind::Loopback => Ok(()),
            Kind::Open => Err(Error::refused(
                Step::Network,
                "network: people can sign in only over https; the operator sets `public-url` to an address with https",
            )),
        }
    }

    pub fn name(&self, cookie: Cookie) -> &'static str {
        match (cookie, self.kind) {
            (Cookie::Session, Kind::Https) => "__Host-gatepost",
            (Cookie::Device, Kind::Https) => "__Host-gatepost-device",
            (Cookie::Said, Kind::Https) => "__Host-gatepost-said",
            (Cookie::Said, Kind::Loopback | Kind::Open) => "gatepost-said",
            (Cookie::Session, Kind::Loopback | Kind::Open) => "gatepost",
            (Cookie::Device, Kind::Loopback | Kind::Open) => "gatepost-device",
        }
    }

    /// The cookie's value, if the request has exactly one cookie with this name.
    pub fn read(&self, cookie: Cookie, headers: &HeaderMap) -> Option<String> {
        let name = self.name(cookie);
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs.filter(|(key, value)| *key == name && !value.is_empty());
        let first = values.next().map(|(_, value)| value.to_owned());
        first.filter(|_| values.next().is_none())
    }

    /// The token of the session that one of these headers sets.
    pub fn value(&self, set: &[HeaderValue]) -> Option<String> {
        let begins = format!("{}=", self.name(Cookie::Session));
        let texts = set.iter().filter_map(|header| header.to_str().ok());
        let value = texts.filter_map(|text| text.strip_prefix(&begins)?.split(';').next()).next();
        value.filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// The header that sets the cookie. `value` has only letters, digits, `.`, `-` and `_`.
    pub fn set(&self, cookie: Cookie, value: &str) -> Result<HeaderValue> {
        self.header(cookie, value, YEAR)
    }

    /// The same, for a cookie that the browser keeps for a few seconds.
    pub fn set_for(&self, cookie: Cookie, value: &str, seconds: i64) -> Result<HeaderValue> {
        self.header(cookie, value, seconds)
    }

    pub fn clear(&self, cookie: Cookie) -> Result<HeaderValue> {
        self.header(cookie, "", 0)
    }

    fn header(&self, cookie: Cookie, value: &str, age: i64) -> Result<HeaderValue> {
        let secure = if self.kind == Kind::Https { "; Secure" } else { "" };
        let name = self.name(cookie);
        let text = format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&text).map_err(Error::internal)
    }

    /// Whether a page of another site can have sent a call that changes something, with the visitor's
    /// cookies. Browsers name the origin of a call (Fetch Metadata, or Origin). A call without these headers
    /// does not come from a browser.
    pub fn is_foreign(&self, method: &Method, headers: &HeaderMap) -> bool {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
        if method.is_safe() || headers.contains_key(header::AUTHORIZATION) {
            return false; // a page of another site does not know the key
        }
        match (text("sec-fetch-site"), text("origin")) {
            (_, Some(origin)) if origin == self.origin => false,
            (Some(site), _) => !matches!(site, "same-origin" | "none"),
            (None, Some(origin)) => {
                let host = origin.split_once("://").map(|(_, host)| host);
                host.is_none() || host != text("host")
            }
            (None, None) => false,
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => IpAddr::V4(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_cookie_is_kept_as_its_site_allows() {
        let set = |url: &str| Site::of(url).set(Cookie::Session, "x").unwrap().to_str().unwrap().to_owned();
        let rest = "Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax";
        assert_eq!(set("https://a.example/"), format!("__Host-gatepost=x; {rest}; Secure"));
        for here in ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:8080"] {
            assert_eq!(set(here), format!("gatepost=x; {rest}"));
            assert!(Site::of(here).is_safe().is_ok());
        }
        for open in ["http://a.example", "http://0.0.0.0:8080", "http://192.0.2.1", "nonsense", ""] {
            assert!(Site::of(open).is_safe().is_err(), "{open}");
        }
    }

    #[test]
    fn a_cookie_is_read_if_there_is_one() {
        let site = Site::of("https://a.example");
        let read = |line: &'static str| site.read(Cookie::Session, &headers(&[("cookie", line)]));
        assert_eq!(read("a=b; __Host-gatepost=xyz; c=d"), Some("xyz".to_owned()));
        for none in ["gatepost=x", "__Host-gatepost=", "__Host-gatepost=a; __Host-gatepost=b", "", ";;="] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn what_another_site_sends_is_told_apart() {
        let site = Site::of("https://a.example");
        let foreign = |pairs: &[(&'static str, &'static str)]| {
            let headers = headers(pairs);
            assert!(!site.is_foreign(&Method::GET, &headers));
            site.is_foreign(&Method::POST, &headers)
        };
        for own in [
            &[][..],
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "none")],
            &[("origin", "https://a.example")],
            &[("origin", "http://inside:80"), ("host", "inside:80")],
            &[("origin", "https://evil.example"), ("authorization", "Bearer x")],
        ] {
            assert!(!foreign(own), "{own:?}");
        }
        for other in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site"), ("origin", "https://b.a.example")],
            &[("origin", "https://evil.example"), ("host", "a.example")],
            &[("origin", "null"), ("host", "a.example")],
            &[("origin", "https://a.example.evil.example")],
        ] {
            assert!(foreign(other), "{other:?}");
        }
    }
}
