//! What a look-up found, and what it means for an address.

use crate::db::{Field, Value};
use crate::error::{Error, Result};
use crate::net::MailDomain;
use schemars::JsonSchema;
use serde::Serialize;

/// What the form of an address and the DNS of its domain say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    Malformed,
    Domain(MailDomain),
}

impl Finding {
    /// Those that are kept.
    const KEPT: [MailDomain; 5] = [
        MailDomain::TakesMail,
        MailDomain::Missing,
        MailDomain::NoServer,
        MailDomain::RefusesMail,
        MailDomain::Unknown,
    ];

    fn name(self) -> &'static str {
        match self {
            Finding::Malformed => "malformed",
            Finding::Domain(MailDomain::TakesMail) => "takes_mail",
            Finding::Domain(MailDomain::Missing) => "no_domain",
            Finding::Domain(MailDomain::NoServer) => "no_server",
            Finding::Domain(MailDomain::RefusesMail) => "refuses_mail",
            Finding::Domain(MailDomain::Unknown) => "unknown",
        }
    }

    /// Whether the look-up gave an answer, so that it costs a credit and can be used again.
    pub fn is_known(self) -> bool {
        match self {
            Finding::Malformed | Finding::Domain(MailDomain::Unknown) => false,
            Finding::Domain(
                MailDomain::TakesMail | MailDomain::Missing | MailDomain::NoServer | MailDomain::RefusesMail,
            ) => true,
        }
    }
}

impl Field for Finding {
    type Column = String;
    fn read(name: String) -> Result<Self> {
        let all = Finding::KEPT.map(Finding::Domain);
        let found = all.into_iter().find(|finding| finding.name() == name);
        found.ok_or_else(|| Error::internal("a finding that does not exist"))
    }
    fn value(&self) -> Value {
        self.name().into()
    }
}

/// The status of an address on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Status {
    Pending,
    Verified,
    Invalid,
}

/// Why an address has its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Reason {
    /// It is not an e-mail address.
    Syntax,
    /// The domain does not exist.
    NoDomain,
    /// The domain has no MX record and no address.
    NoServer,
    /// The MX record of the domain says that it takes no mail.
    RefusesMail,
    /// Mail of this workspace to this address bounced.
    Bounced,
    /// Mail to this address was opened, clicked or answered.
    Reached,
    /// The name server gave no answer, or not in time.
    NoAnswer,
    /// Nothing is wrong with it, and nothing proves that the mailbox exists.
    NotProven,
}

/// What the workspace knows about an address.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    pub bounced: bool,
    pub reached: bool,
}

/// A bounce counts most, because it is about this very address. If the domain takes no mail now, it does not count that mail
/// reached the address before.
pub fn judge(finding: Finding, known: Known) -> (Status, Reason) {
    if known.bounced {
        return (Status::Invalid, Reason::Bounced);
    }
    match finding {
        Finding::Malformed => (Status::Invalid, Reason::Syntax),
        Finding::Domain(MailDomain::Missing) => (Status::Invalid, Reason::NoDomain),
        Finding::Domain(MailDomain::NoServer) => (Status::Invalid, Reason::NoServer),
        Finding::Domain(MailDomain::RefusesMail) => (Status::Invalid, Reason::RefusesMail),
        Finding::Domain(MailDomain::TakesMail | MailDomain::Unknown) if known.reached => {
            (Status::Verified, Reason::Reached)
        }
        Finding::Domain(MailDomain::TakesMail) => (Status::Pending, Reason::NotProven),
        Finding::Domain(MailDomain::Unknown) => (Status::Pending, Reason::NoAnswer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_verified_only_if_it_was_reached() {
        let all = Finding::KEPT.map(Finding::Domain).into_iter().chain([Finding::Malformed]);
        for finding in all {
            let (status, _) = judge(finding, Known::default());
            assert_ne!(status, Status::Verified, "{finding:?}");
            let bounced = judge(finding, Known { bounced: true, reached: true });
            assert_eq!(bounced, (Status::Invalid, Reason::Bounced));
            let reached = judge(finding, Known { bounced: false, reached: true }).0;
            let can_be = [MailDomain::TakesMail, MailDomain::Unknown].map(Finding::Domain).contains(&finding);
            assert_eq!(reached == Status::Verified, can_be, "{finding:?}");
        }
    }

    #[test]
    fn a_kept_finding_is_read_again() {
        for finding in Finding::KEPT.map(Finding::Domain) {
            assert_eq!(Finding::read(finding.name().to_owned()).unwrap(), finding);
        }
        assert!(Finding::read("malformed".to_owned()).is_err());
    }
}
