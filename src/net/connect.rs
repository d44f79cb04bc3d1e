//! The only way to open a connection: resolves the name, checks each address, and connects to the checked
//! address. The name is not resolved again, so its DNS server cannot give a different address after the
//! check.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use rustls::pki_types::{DnsName, ServerName};
use tokio::{net::TcpStream, time::timeout};

use super::{
    Fault, Net, Server,
    address::{Host, public},
    dialogue::Dialogue,
};

/// The most addresses of a host that are tried, IPv4 first.
const TRIED: usize = 4;

/// An open connection to an address that was checked.
pub struct Connection {
    pub stream: TcpStream,
    /// Whether the address is in a network that the operator allowed.
    pub internal: bool,
    pub name: ServerName<'static>,
}

/// Which addresses a connection can have.
#[derive(Clone, Copy)]
pub struct Way<'a> {
    /// Networks in addition to the public internet.
    pub allowed: &'a [IpNet],
    /// Not the public internet, because the connection has no TLS.
    pub inside_only: bool,
}

impl Way<'_> {
    fn mail(allowed: &[IpNet]) -> Way<'_> {
        Way { allowed, inside_only: false }
    }
}

impl Net {
    /// Only a TLS handshake, for the named host.
    pub async fn handshake(&self, host: &str, port: u16) -> Result<(), Fault> {
        self.check(async {
            let Connection { stream, name, .. } = self.connect(host, port, Way::mail(&self.allowed)).await?;
            let _closed = self.tls.connect(name, stream).await.map_err(|_| Fault::Tls)?;
            Ok(())
        })
        .await
    }

    /// A dialogue that begins with TLS if the port requires it.
    pub(super) async fn dial(&self, server: &Server, tls: u16) -> Result<Dialogue, Fault> {
        let connection = self.connect(&server.host, server.port, Way::mail(&self.allowed)).await?;
        let plain = Dialogue::new(connection, self.tls.clone());
        if server.port == tls { plain.secured().await } else { Ok(plain) }
    }

    pub(super) async fn connect(&self, host: &str, port: u16, way: Way<'_>) -> Result<Connection, Fault> {
        let host = Host::parse(host).ok_or(Fault::Unresolved)?;
        let (found, name) = match host {
            Host::Address(address) => (vec![address], ServerName::from(address)),
            Host::Name(name) => {
                let found = self.dns.addresses(&name).await;
                let name = DnsName::try_from(name).map_err(|_| Fault::Unresolved)?;
                (found, ServerName::DnsName(name))
            }
        };
        let mut fault = if found.is_empty() { Fault::Unresolved } else { Fault::Forbidden };
        for (address, internal) in permitted(found, way.allowed) {
            if way.inside_only && !internal {
                fault = Fault::Plain;
                continue;
            }
            match timeout(self.limits.connect, TcpStream::connect(SocketAddr::new(address, port))).await {
                Ok(Ok(stream)) => {
                    // A mail and its dot are written apart, and must not wait for one another.
                    let _slower_without = stream.set_nodelay(true);
                    return Ok(Connection { stream, internal, name });
                }
                Ok(Err(_)) => fault = Fault::Unreachable,
                Err(_) => fault = Fault::TimedOut,
            }
        }
        Err(fault)
    }
}

/// The addresses that may be used, and whether the operator's setting has their network.
fn permitted(found: Vec<IpAddr>, allowed: &[IpNet]) -> impl Iterator<Item = (IpAddr, bool)> {
    let mut found: Vec<_> = found.into_iter().map(|address| address.to_canonical()).collect();
    found.sort_by_key(IpAddr::is_ipv6);
    let judged =
        found.into_iter().map(|address| (address, allowed.iter().any(|network| network.contains(&address))));
    judged.filter(|(address, internal)| *internal || public(*address)).take(TRIED)
}
