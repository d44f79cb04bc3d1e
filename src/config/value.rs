//! Parses the texts of settings.

use crate::error::{Error, Result};
use ipnet::IpNet;
use serde::{Deserialize, Deserializer};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, ToSocketAddrs};
use url::Url;

/// Accepts texts and numbers, because the environment's `100` arrives here as a number.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Loose {
    Number(u64),
    Text(String),
    List(Vec<String>),
}

impl Loose {
    pub(super) fn text(self) -> String {
        match self {
            Loose::Number(number) => number.to_string(),
            Loose::Text(text) => text,
            Loose::List(list) => list.join(","),
        }
    }
}

pub(super) fn listen<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    address(&Loose::deserialize(from)?.text(), None)
}

pub(super) fn metrics_listen<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    listen(from).map(Some)
}

pub(super) fn dns<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    address(&Loose::deserialize(from)?.text(), Some(53)).map(Some)
}

/// Parses an address such as `127.0.0.1:8080`. A port without an address is on this machine. A name gives its
/// first address, preferably IPv4. If there is a default port, the port is optional.
fn address<E: serde::de::Error>(text: &str, usual: Option<u16>) -> Result<SocketAddr, E> {
    let port = |text: &str| text.parse::<u16>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    let local = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let named = |text: &str| match text.rsplit_once(':') {
        Some(("localhost", rest)) => port(rest).map(local),
        Some((name, rest)) if is_host(name) && port(rest).is_some() => {
            let mut all: Vec<_> = text.to_socket_addrs().ok()?.collect();
            all.sort_by_key(SocketAddr::is_ipv6);
            all.first().copied()
        }
        Some(_) | None => None,
    };
    let alone = || Some(SocketAddr::new(text.parse().ok()?, usual?));
    let found = text.parse().ok().or_else(alone).or_else(|| port(text).map(local)).or_else(|| named(text));
    found.ok_or_else(|| {
        let examples = match usual {
            Some(_) => "an address such as 192.0.2.1 or 192.0.2.1:53",
            None => "ADDRESS:PORT, such as 127.0.0.1:8080, localhost:8080 or 8080",
        };
        E::custom(format!("`{text}` must be {examples}"))
    })
}

fn is_host(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
}

/// Links and cookies are built from this value, so it must be a web address.
pub(super) fn public_url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    let text = Loose::deserialize(from)?.text();
    let is_plain = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    };
    match Url::parse(&text).is_ok_and(|url| is_plain(&url)) {
        true => Ok(Some(text)),
        false => Err(serde::de::Error::custom(
            "must be an address such as https://outreach.example.com, with http or https and nothing after the path",
        )),
    }
}

pub(super) fn nets<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<IpNet>, D::Error> {
    let text = Loose::deserialize(from)?.text();
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    parts
        .map(|part| net(part).ok_or_else(|| serde::de::Error::custom(format!("`{part}` is not a network"))))
        .collect()
}

/// A network, or an address, which is a network of one. An IPv4 address in IPv6 form is read as IPv4, like
/// the addresses of callers.
pub fn net(text: &str) -> Option<IpNet> {
    let address = || text.parse().ok().map(|address: IpAddr| IpNet::from(address));
    let net = text.parse().ok().or_else(address)?;
    match net {
        IpNet::V6(v6) if v6.prefix_len() >= 96 => match v6.addr().to_ipv4_mapped() {
            Some(v4) => IpNet::new(IpAddr::V4(v4), v6.prefix_len() - 96).ok(),
            None => Some(net),
        },
        IpNet::V4(_) | IpNet::V6(_) => Some(net),
    }
}

/// The addresses and networks of a body, at most 100.
pub fn allowed_ips(texts: &[String]) -> Result<Vec<IpNet>> {
    if texts.len() > 100 {
        return Err(Error::invalid("body/allowed_ips must be at most 100 addresses or networks"));
    }
    let wrong = || Error::invalid("body/allowed_ips must be addresses or networks");
    texts.iter().map(|text| net(text).ok_or_else(wrong)).collect()
}

/// The parts of a text in which somebody lists addresses.
pub fn listed(text: &str) -> Vec<String> {
    let parts = text.split([',', ' ', '\n', '\r', '\t']);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_as_people_write_them() {
        let listen = |text: &str| address::<serde_json::Error>(text, None).map(|address| address.to_string());
        for (text, is) in [
            ("127.0.0.1:8080", "127.0.0.1:8080"),
            ("localhost:8080", "127.0.0.1:8080"),
            ("8080", "127.0.0.1:8080"),
            ("0", "127.0.0.1:0"),
            ("[::1]:80", "[::1]:80"),
            ("0.0.0.0:80", "0.0.0.0:80"),
        ] {
            assert_eq!(listen(text).unwrap(), is);
        }
        for text in
            ["", "here", ":8080", "localhost", "localhost:", "127.0.0.1", "1:2:3", "+80", "70000", "::1"]
        {
            let told = listen(text).unwrap_err().to_string();
            assert!(told.contains("such as 127.0.0.1:8080"), "{text}: {told}");
        }
        let dns =
            |text: &str| address::<serde_json::Error>(text, Some(53)).map(|address| address.to_string());
        assert_eq!(dns("192.0.2.1").unwrap(), "192.0.2.1:53");
        assert_eq!(dns("::1").unwrap(), "[::1]:53");
        assert_eq!(dns("192.0.2.1:5353").unwrap(), "192.0.2.1:5353");
        assert!(dns("nowhere").unwrap_err().to_string().contains("192.0.2.1:53"));
    }
}
