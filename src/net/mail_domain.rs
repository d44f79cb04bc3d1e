//! Whether a domain accepts mail, by its DNS only. No mail server is asked about an address.

use super::dns::{Dns, Found};
use super::{Net, address::host_name};
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use std::time::Duration;
use tokio::time::timeout;
use uuid::Uuid;

/// The longest wait for a place, and the longest look-up. Together they are short enough for an answer within ten
/// seconds.
const WAIT: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(5);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailDomain {
    /// It has an MX record, or an address, which counts as one (RFC 5321, section 5.1).
    TakesMail,
    /// The name does not exist.
    Missing,
    /// The name exists, without an MX record and without an address.
    NoServer,
    /// Its MX record says that it takes no mail (RFC 7505).
    RefusesMail,
    /// The look-up failed or took too long.
    Unknown,
}

impl Net {
    /// Each workspace has a share of the places for these look-ups. None if there was no place in time.
    pub async fn mail_domain(&self, workspace: Uuid, domain: &str) -> Option<MailDomain> {
        let Some(domain) = host_name(domain) else { return Some(MailDomain::Missing) };
        let _place = timeout(WAIT.min(self.limits.check), self.shares.place(workspace)).await.ok()??;
        let found = timeout(LONGEST.min(self.limits.check), look_up(&self.dns, &domain)).await;
        Some(found.unwrap_or(MailDomain::Unknown))
    }
}

async fn look_up(dns: &Dns, domain: &str) -> MailDomain {
    match dns.found(domain, RecordType::MX).await {
        Found::Records(records) => {
            let exchanges = || records.iter().filter_map(exchange);
            match (exchanges().any(|is_root| !is_root), exchanges().any(|is_root| is_root)) {
                (true, _) => MailDomain::TakesMail,
                (false, true) => MailDomain::RefusesMail,
                // Only an alias, whose target has no MX record.
                (false, false) => by_address(dns, domain).await,
            }
        }
        Found::Nothing => by_address(dns, domain).await,
        Found::NoName => MailDomain::Missing,
        Found::Unknown => MailDomain::Unknown,
    }
}

/// For an MX record, whether it names the root.
fn exchange(record: &Record) -> Option<bool> {
    let RData::MX(mx) = &record.data else { return None };
    Some(mx.exchange.is_root())
}

async fn by_address(dns: &Dns, domain: &str) -> MailDomain {
    let (v4, v6) = tokio::join!(dns.found(domain, RecordType::A), dns.found(domain, RecordType::AAAA));
    let has = |found: &Found| {
        let is_address = |record: &Record| matches!(record.data, RData::A(_) | RData::AAAA(_));
        matches!(found, Found::Records(records) if records.iter().any(is_address))
    };
    let failed = |found: &Found| matches!(found, Found::Unknown);
    match (has(&v4) || has(&v6), failed(&v4) || failed(&v6)) {
        (true, _) => MailDomain::TakesMail,
        (false, true) => MailDomain::Unknown,
        (false, false) => MailDomain::NoServer,
    }
}
