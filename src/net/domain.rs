//! Checks whether a domain has the records by which others evaluate its mail: MX, SPF (RFC 7208), DKIM (RFC
//! 6376) and DMARC (RFC 7489).

use tokio::task::JoinSet;

use super::{Net, address::host_name, dns::Dns};

/// Only a mail names its selector, so these are the selectors of common providers, followed by guesses.
const SELECTORS: &[&str] = &[
    "default",
    "google",
    "selector1",
    "selector2",
    "k1",
    "k2",
    "k3",
    "s1",
    "s2",
    "s1024",
    "s2048",
    "mail",
    "dkim",
    "smtp",
    "smtpapi",
    "mandrill",
    "mxvault",
    "pm",
    "zoho",
    "zmail",
    "protonmail",
    "protonmail2",
    "protonmail3",
    "fm1",
    "fm2",
    "fm3",
    "sig1",
    "everlytickey1",
    "mailjet",
    "x",
];

/// The most parent domains in which a DMARC policy is searched.
const HIGHEST: usize = 5;

/// The records that were found. A record whose look-up failed counts as missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Domain {
    pub mx: bool,
    pub spf: bool,
    pub dkim: bool,
    pub dmarc: bool,
}

impl Net {
    pub async fn domain(&self, domain: &str) -> Domain {
        let Some(domain) = host_name(domain) else { return Domain::default() };
        let dns = &self.dns;
        let work = async {
            let (mx, spf, dkim, dmarc) = tokio::join!(
                self.soon(dns.takes_mail(&domain)),
                self.soon(async { dns.texts(&domain).await.iter().filter(|text| is_spf(text)).count() == 1 }),
                self.soon(signs(dns, &domain)),
                self.soon(has_policy(dns, &domain)),
            );
            Ok(Domain { mx, spf, dkim, dmarc })
        };
        self.turn(work).await.unwrap_or_default()
    }

    /// Each of the four look-ups has its own time limit, so a slow one does not affect the others.
    async fn soon(&self, work: impl Future<Output = bool>) -> bool {
        tokio::time::timeout(self.limits.check, work).await.unwrap_or(false)
    }
}

async fn signs(dns: &Dns, domain: &str) -> bool {
    let mut asked = JoinSet::new();
    for selector in SELECTORS {
        let (dns, name) = (dns.clone(), format!("{selector}._domainkey.{domain}"));
        asked.spawn(async move { dns.texts(&name).await.iter().any(|text| is_key(text)) });
    }
    while let Some(found) = asked.join_next().await {
        if found.unwrap_or(false) {
            return true;
        }
    }
    false
}

/// Searches the domain, then its parents, but never a name with a single label. Two policies count as none.
async fn has_policy(dns: &Dns, domain: &str) -> bool {
    let mut at = domain;
    for _ in 0..=HIGHEST {
        if dns.texts(&format!("_dmarc.{at}")).await.iter().filter(|text| is_policy(text)).count() == 1 {
            return true;
        }
        match at.split_once('.') {
            Some((_, above)) if above.contains('.') => at = above,
            Some(_) | None => return false,
        }
    }
    false
}

fn is_spf(text: &str) -> bool {
    text.split(' ').next().is_some_and(|version| version.eq_ignore_ascii_case("v=spf1"))
}

fn is_policy(text: &str) -> bool {
    tags(text).next() == Some(("v", "DMARC1"))
}

/// An empty key was revoked.
fn is_key(text: &str) -> bool {
    let version = tags(text).find(|(tag, _)| *tag == "v");
    version.is_none_or(|(_, value)| value == "DKIM1")
        && tags(text).any(|(tag, value)| tag == "p" && !value.is_empty())
}

fn tags(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.split(';').filter_map(|tag| tag.split_once('=')).map(|(tag, value)| (tag.trim(), value.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_known_by_their_version() {
        assert!(is_spf("v=spf1 -all") && is_spf("v=spf1") && is_spf("V=SPF1 ~all"));
        assert!(!is_spf("v=spf10 -all") && !is_spf(" v=spf1") && !is_spf("spf2.0/pra"));
        assert!(is_policy("v=DMARC1; p=none") && is_policy("v = DMARC1 ;p=reject"));
        assert!(!is_policy("p=none; v=DMARC1") && !is_policy("v=DMARC2; p=none") && !is_policy(""));
        assert!(is_key("v=DKIM1; k=rsa; p=MIGf") && is_key("k=rsa; p=MIGf") && is_key("p=MIGf"));
        assert!(!is_key("v=DKIM1; p=") && !is_key("v=DKIM2; p=MIGf") && !is_key("v=spf1 -all"));
    }
}
