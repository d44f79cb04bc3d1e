//! DNS look-ups. Nothing is cached, because callers usually ask after they fixed a record. Names are always
//! complete, so the system's search domains are not used. A look-up that fails counts as a record that does
//! not exist, except for `found`.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use hickory_resolver::{
    TokioResolver,
    config::{LookupIpStrategy, NameServerConfig, ResolveHosts, ResolverConfig},
    net::{DnsError, NetError, runtime::TokioRuntimeProvider},
    proto::{
        op::ResponseCode,
        rr::{Name, RData, Record, RecordType},
    },
};
use tokio::{sync::Semaphore, time::timeout};

use crate::error::{Error, Result};

/// The most look-ups at a time: each needs a socket, and one domain needs thirty look-ups.
const QUESTIONS: usize = 64;
/// Datagrams can be lost, so a question is repeated twice within the time for its answer.
const REPEATS: u32 = 2;

/// The outcome of a look-up that says why it found nothing.
pub enum Found {
    Records(Vec<Record>),
    /// The name exists and has no such record.
    Nothing,
    NoName,
    /// The name server failed, or did not answer in time.
    Unknown,
}

#[derive(Clone)]
pub struct Dns {
    resolver: TokioResolver,
    patience: Duration,
    questions: Arc<Semaphore>,
}

impl Dns {
    /// Asks `server`, or the system's name servers and hosts file. As in the C library, the default is a name
    /// server on this machine.
    pub fn new(server: Option<SocketAddr>, patience: Duration) -> Result<Dns> {
        let own = || TokioResolver::builder_with_config(ask(local()), TokioRuntimeProvider::default());
        let mut builder = match server {
            Some(server) => TokioResolver::builder_with_config(ask(server), TokioRuntimeProvider::default()),
            None => TokioResolver::builder_tokio().unwrap_or_else(|_| own()),
        };
        let options = builder.options_mut();
        options.timeout = patience / (REPEATS + 1);
        options.attempts = REPEATS as usize;
        options.cache_size = 0;
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        options.max_active_requests = QUESTIONS;
        if server.is_some() {
            options.use_hosts_file = ResolveHosts::Never;
        }
        let resolver = builder.build().map_err(Error::internal)?;
        Ok(Dns { resolver, patience, questions: Arc::new(Semaphore::new(QUESTIONS)) })
    }

    pub fn patient(mut self, patience: Duration) -> Dns {
        self.patience = patience;
        self
    }

    pub async fn addresses(&self, name: &str) -> Vec<IpAddr> {
        let (Some(name), Ok(_turn)) = (whole(name), self.questions.acquire().await) else {
            return Vec::new();
        };
        let answer = timeout(self.patience, self.resolver.lookup_ip(name)).await;
        answer.ok().and_then(Result::ok).map(|found| found.iter().collect()).unwrap_or_default()
    }

    /// The TXT records of a name, each joined from its parts.
    pub async fn texts(&self, name: &str) -> Vec<String> {
        let text = |record: &Record| {
            let RData::TXT(text) = &record.data else { return None };
            Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned())
        };
        self.records(name, RecordType::TXT).await.iter().filter_map(text).collect()
    }

    /// Whether a domain accepts mail. An MX record that names the root means that it does not.
    pub async fn takes_mail(&self, domain: &str) -> bool {
        let takes = |data: &RData| matches!(data, RData::MX(mx) if !mx.exchange.is_root());
        self.records(domain, RecordType::MX).await.iter().any(|record| takes(&record.data))
    }

    /// The target of a name's CNAME, in lower case and without a final dot.
    pub async fn alias(&self, name: &str) -> Option<String> {
        let owner = whole(name)?;
        let alias = |record: &Record| {
            let RData::CNAME(alias) = &record.data else { return None };
            let own = record.name == owner;
            own.then(|| alias.0.to_lowercase().to_ascii().trim_end_matches('.').to_owned())
        };
        self.records(name, RecordType::CNAME).await.iter().find_map(alias)
    }

    pub async fn found(&self, name: &str, kind: RecordType) -> Found {
        let (Some(name), Ok(_turn)) = (whole(name), self.questions.acquire().await) else {
            return Found::NoName;
        };
        match timeout(self.patience, self.resolver.lookup(name, kind)).await {
            Ok(Ok(found)) if found.answers().is_empty() => Found::Nothing,
            Ok(Ok(found)) => Found::Records(found.answers().to_vec()),
            Ok(Err(error)) => missing(&error),
            Err(_) => Found::Unknown,
        }
    }

    async fn records(&self, name: &str, kind: RecordType) -> Vec<Record> {
        let (Some(name), Ok(_turn)) = (whole(name), self.questions.acquire().await) else {
            return Vec::new();
        };
        let answer = timeout(self.patience, self.resolver.lookup(name, kind)).await;
        answer.ok().and_then(Result::ok).map(|found| found.answers().to_vec()).unwrap_or_default()
    }
}

fn whole(name: &str) -> Option<Name> {
    let mut name = Name::from_ascii(name).ok()?;
    name.set_fqdn(true);
    Some(name)
}

/// Only an answer of the name server says that something does not exist.
fn missing(error: &NetError) -> Found {
    let NetError::Dns(DnsError::NoRecordsFound(none)) = error else { return Found::Unknown };
    if none.response_code == ResponseCode::NXDomain {
        Found::NoName
    } else if none.response_code == ResponseCode::NoError {
        Found::Nothing
    } else {
        Found::Unknown
    }
}

fn local() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, 53))
}

fn ask(server: SocketAddr) -> ResolverConfig {
    let mut config = NameServerConfig::udp_and_tcp(server.ip());
    for connection in &mut config.connections {
        connection.port = server.port();
    }
    ResolverConfig::from_name_servers(vec![config])
}
