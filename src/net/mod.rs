//! Outgoing connections for users: the records of a domain, a login at a mail server, a TLS handshake, the
//! delivery of a mail, a call by HTTP. Users choose the names and ports, so every connection goes through one
//! module. It resolves the name, checks the address, and connects to that same address. No check reports a
//! server's answer. There are only a few kinds of fault, so users cannot read internal services through this
//! server. Only a delivery has the answers of the mail server, from the login on.

pub mod delivery;
pub mod domain;
pub mod http;
pub mod mail_domain;
pub mod tracking;
pub mod white_label;
mod address;
mod connect;
mod dialogue;
mod dns;
mod imap;
mod shares;
mod smtp;
#[cfg(test)]
mod tests;

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use ipnet::IpNet;
use rustls::ClientConfig;
use tokio::{sync::Semaphore, time::timeout};
use tokio_rustls::TlsConnector;

use crate::error::Result;
pub use address::host_name;
use dns::Dns;
pub use domain::Domain;
pub use mail_domain::MailDomain;
use shares::Shares;
pub use tracking::Tracking;
pub use white_label::WhiteLabel;

/// The time limits, and the number of checks that run at a time.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// For the answer to one DNS question.
    pub answer: Duration,
    /// For the connection to one address.
    pub connect: Duration,
    /// For a whole check, and also for the wait before it.
    pub check: Duration,
    pub at_once: usize,
    /// For a whole call by HTTP, and also for the wait before it.
    pub call: Duration,
    pub calls_at_once: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            answer: Duration::from_secs(3),
            connect: Duration::from_secs(5),
            check: Duration::from_secs(10),
            at_once: 16,
            call: Duration::from_secs(15),
            calls_at_once: 32,
        }
    }
}

/// A mail server and an account there.
#[derive(Clone)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub username: String,
    pub password: String,
}

impl fmt::Debug for Server {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Server").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

/// Why a check failed. It is enough to fix the setting, and not enough to explore a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Unresolved,
    Forbidden,
    Unreachable,
    Tls,
    Refused,
    TimedOut,
    /// `http://`, at an address where only `https://` is allowed.
    Plain,
    /// The answer has more than [`http::LARGEST`] bytes.
    TooLarge,
}

impl Fault {
    pub fn text(self) -> &'static str {
        match self {
            // Both have the same text. Otherwise users could find out which names exist inside the operator's
            // network.
            Fault::Unresolved | Fault::Forbidden => "the host has no address that this server may connect to",
            Fault::Unreachable => "the host does not take the connection, or breaks it off",
            Fault::Tls => "the host offers no TLS, or has no valid certificate for its name",
            Fault::Refused => "the host refused the login",
            Fault::TimedOut => "the host did not answer in time",
            Fault::Plain => "the host can be reached only by https://",
            Fault::TooLarge => "the answer of the host is too large",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.text())
    }
}

impl std::error::Error for Fault {}

/// All outgoing checks and calls. A clone shares the limits.
#[derive(Clone)]
pub struct Net {
    dns: Dns,
    /// Networks where mail servers are allowed.
    allowed: Arc<[IpNet]>,
    /// Networks where the targets of webhooks are allowed.
    webhooks: Arc<[IpNet]>,
    tls: TlsConnector,
    limits: Limits,
    places: Arc<Semaphore>,
    calls: Arc<Semaphore>,
    /// Places for look-ups that workspaces ask for in large numbers, and for calls.
    shares: Shares,
    callers: Shares,
}

impl Net {
    /// `dns` is a name server to use instead of the system's. `allowed` are networks for mail servers, in
    /// addition to the public internet.
    pub fn new(dns: Option<SocketAddr>, allowed: Vec<IpNet>, tls: Arc<ClientConfig>) -> Result<Net> {
        let limits = Limits::default();
        Ok(Net {
            dns: Dns::new(dns, limits.answer)?,
            allowed: allowed.into(),
            webhooks: Arc::default(),
            tls: TlsConnector::from(tls),
            limits,
            places: Arc::new(Semaphore::new(limits.at_once)),
            calls: Arc::new(Semaphore::new(limits.calls_at_once)),
            shares: Shares::default(),
            callers: Shares::default(),
        })
    }

    /// The same `Net`, with networks for the targets of webhooks, in addition to the public internet.
    pub fn with_webhooks_in(mut self, networks: Vec<IpNet>) -> Net {
        self.webhooks = networks.into();
        self
    }

    /// The same `Net` with other limits.
    pub fn limited(mut self, limits: Limits) -> Net {
        self.dns = self.dns.patient(limits.answer);
        self.places = Arc::new(Semaphore::new(limits.at_once));
        self.calls = Arc::new(Semaphore::new(limits.calls_at_once));
        self.limits = limits;
        self
    }

    /// Whether the account can log in at its SMTP server.
    pub async fn smtp(&self, server: &Server) -> Result<(), Fault> {
        self.check(async { smtp::login(self.dial(server, smtp::TLS).await?, server).await }).await
    }

    /// Whether the account can log in at its IMAP server.
    pub async fn imap(&self, server: &Server) -> Result<(), Fault> {
        self.check(async { imap::login(self.dial(server, imap::TLS).await?, server).await }).await
    }

    /// Runs a check when there is a place for it, within the time limit.
    async fn check<T>(&self, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        self.turn(async { timeout(self.limits.check, work).await.unwrap_or(Err(Fault::TimedOut)) }).await
    }

    /// Runs work when there is a place for it. The work must not wait for another place, because waiting
    /// callers could then hold all places.
    async fn turn<T>(&self, work: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        match timeout(self.limits.check, self.places.acquire()).await {
            Ok(Ok(_place)) => work.await,
            Ok(Err(_)) | Err(_) => Err(Fault::TimedOut),
        }
    }
}
