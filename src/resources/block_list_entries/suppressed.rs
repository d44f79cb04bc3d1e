//! Which addresses must not be written to. Adding leads asks for `blocked` only. Sending asks for every kind.

use super::value::blockers;
use super::{macs, store};
use crate::access::Caller;
use crate::db::{Source, Tx};
use crate::error::Result;
use crate::http::address;
use std::collections::{HashMap, HashSet};

/// Why an address or a domain is suppressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Unsubscribed,
    Bounced,
    Complained,
    Blocked,
}

impl Kind {
    pub const ALL: [Kind; 4] = [Kind::Unsubscribed, Kind::Bounced, Kind::Complained, Kind::Blocked];

    pub fn name(self) -> &'static str {
        match self {
            Kind::Unsubscribed => "unsubscribed",
            Kind::Bounced => "bounced",
            Kind::Complained => "complained",
            Kind::Blocked => "blocked",
        }
    }
}

/// Those of the addresses that are suppressed, themselves or by their domain. Addresses that share a domain share its
/// look-up, and a statement looks up hundreds of values by the index. The rights of the caller play no part.
pub async fn suppressed(
    can: &Caller,
    from: impl Into<Source<'_>>,
    emails: &[String],
    kinds: &[Kind],
) -> Result<HashSet<String>> {
    let key = macs(can)?;
    let mut macs: HashMap<String, String> = HashMap::new();
    let by: Vec<(&String, Vec<String>)> = emails.iter().map(|email| (email, blockers(email))).collect();
    for value in by.iter().flat_map(|(_, values)| values) {
        macs.entry(value.clone()).or_insert_with(|| key.of(value));
    }
    let all: Vec<String> = macs.values().cloned().collect();
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    let found: HashSet<String> =
        store::suppressed(can, from.into(), &all, &kinds).await?.into_iter().collect();
    let hit =
        |values: &[String]| values.iter().any(|value| macs.get(value).is_some_and(|mac| found.contains(mac)));
    Ok(by.into_iter().filter(|(_, values)| hit(values)).map(|(email, _)| email.clone()).collect())
}

/// The keyed MAC by which an address is suppressed. It can be stored without the address.
pub fn mac(can: &Caller, email: &str) -> Result<String> {
    Ok(macs(can)?.of(&address(email)))
}

/// Suppresses an address for the whole workspace, unless it is suppressed for this reason already. The address can be
/// unknown. `source` is what added it. It returns 1 if it is new.
pub async fn suppress(
    can: &Caller,
    tx: &mut Tx,
    (mac, email): (&str, Option<&str>),
    (kind, source): (Kind, &'static str),
) -> Result<u64> {
    store::suppress(can, tx, (mac, email.map(address)), (kind.name(), source)).await
}
