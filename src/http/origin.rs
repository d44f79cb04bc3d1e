//! The origin of a call: its address, as reported by trusted proxies only, and the other facts that are
//! recorded of it.

use super::ignored::Ignored;
use axum::extract::{ConnectInfo, Request};
use axum::http::header;
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, OnceLock};

/// Facts about a call that handlers find and the edge reads afterwards.
#[derive(Debug)]
pub struct Slot<T>(Arc<OnceLock<T>>);

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Slot(self.0.clone())
    }
}

impl<T> Default for Slot<T> {
    fn default() -> Self {
        Slot(Arc::default())
    }
}

impl<T: Clone> Slot<T> {
    pub fn fill(&self, with: impl FnOnce() -> T) {
        self.0.get_or_init(with);
    }

    pub fn look(&self) -> Option<&T> {
        self.0.get()
    }

    pub fn get(&self) -> Option<T> {
        self.0.get().cloned()
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Origin {
    pub address: IpAddr,
    pub user_agent: Option<String>,
    pub request_id: String,
    /// The keys of the body that the operation did not read.
    #[serde(skip)]
    pub ignored: Slot<Ignored>,
}

/// The longest part of a user agent that is stored.
const USER_AGENT: usize = 512;

impl Origin {
    pub fn of(request: &Request, trusted: &[IpNet], request_id: String) -> Self {
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let forwarded = request.headers().get_all("x-forwarded-for").iter();
        let forwarded: Vec<_> = forwarded.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        let agent = request.headers().get(header::USER_AGENT);
        let agent = agent.map(|value| String::from_utf8_lossy(value.as_bytes()));
        Origin {
            address: client(peer.to_canonical(), &forwarded.join(","), trusted),
            user_agent: agent.map(|agent| agent.chars().take(USER_AGENT).collect()),
            request_id,
            ignored: Slot::default(),
        }
    }

    /// The origin of a call from the command line.
    pub fn local() -> Self {
        Origin {
            address: IpAddr::V4(Ipv4Addr::LOCALHOST),
            user_agent: None,
            request_id: "command line".to_owned(),
            ignored: Slot::default(),
        }
    }

    pub fn address_text(&self) -> String {
        self.address.to_string()
    }
}

/// Goes from the peer back towards the client. The first hop that is not a trusted proxy is the client.
/// Anybody could have written the part of the header before it. If a trusted proxy names a hop that we cannot
/// parse, the client is unknown; it is never taken to be the proxy.
fn client(peer: IpAddr, forwarded: &str, trusted: &[IpNet]) -> IpAddr {
    let trust = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let mut client = peer;
    for hop in forwarded.rsplit(',').map(str::trim).filter(|hop| !hop.is_empty()) {
        if !trust(&client) {
            break;
        }
        client = hop_address(hop).unwrap_or(NOBODY);
    }
    client
}

/// Stands for an unknown address.
const NOBODY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// An address, with or without a port.
fn hop_address(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let address = bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forwarded_addresses_are_believed_only_from_trusted_proxies() {
        let trusted: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        let of = |peer: &str, forwarded| client(peer.parse().unwrap(), forwarded, &trusted).to_string();
        assert_eq!(of("192.0.2.9", "203.0.113.5"), "192.0.2.9");
        assert_eq!(of("10.0.0.1", "203.0.113.5"), "203.0.113.5");
        assert_eq!(of("10.0.0.1", "6.6.6.6, 203.0.113.5, 10.0.0.2"), "203.0.113.5");
        assert_eq!(of("10.0.0.1", "203.0.113.5:1234"), "203.0.113.5");
        assert_eq!(of("10.0.0.1", "6.6.6.6, [2001:db8::1]:443"), "2001:db8::1");
        assert_eq!(of("10.0.0.1", "6.6.6.6, garbage"), "0.0.0.0");
        assert_eq!(of("10.0.0.1", "\u{fffd}, 203.0.113.5"), "203.0.113.5");
        assert_eq!(of("10.0.0.1", ""), "10.0.0.1");
    }
}
