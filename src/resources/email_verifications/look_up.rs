//! Looks up the domains of addresses.

use super::finding::Finding;
use crate::access::Caller;
use crate::error::{Error, Result};
use crate::http::is_email;
use std::collections::{BTreeMap, HashMap};
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Domains that a job looks up at a time, which is less than the share of a workspace.
const AT_ONCE: usize = 4;
/// A step of a job begins no look-up after this, so that its lease does not expire.
const BEGINNING: Duration = Duration::from_secs(4);

/// What is found for one address. It is a 503 if too many look-ups of the workspace wait.
pub async fn one(can: &Caller, email: &str) -> Result<Finding> {
    match domain(email) {
        Some(domain) => {
            let found = can.app().net.mail_domain(can.workspace(), domain).await;
            found.map(Finding::Domain).ok_or(Error::Crowded)
        }
        None => Ok(Finding::Malformed),
    }
}

/// What is found for many addresses, as far as the time allows. Addresses that share a domain share its look-up.
pub async fn many(can: &Caller, emails: &[String]) -> HashMap<String, Finding> {
    let mut found = HashMap::new();
    let mut domains: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for email in emails {
        match domain(email) {
            Some(domain) => domains.entry(domain.to_owned()).or_default().push(email.clone()),
            None => found.extend([(email.clone(), Finding::Malformed)]),
        }
    }
    let (mut domains, mut asked, began) = (domains.into_iter(), JoinSet::new(), Instant::now());
    loop {
        while asked.len() < AT_ONCE && began.elapsed() < BEGINNING {
            let Some((domain, emails)) = domains.next() else { break };
            let (net, workspace) = (can.app().net.clone(), can.workspace());
            asked.spawn(async move { (emails, net.mail_domain(workspace, &domain).await) });
        }
        let Some(answer) = asked.join_next().await else { return found };
        if let Ok((emails, Some(domain))) = answer {
            found.extend(emails.into_iter().map(|email| (email, Finding::Domain(domain))));
        }
    }
}

fn domain(email: &str) -> Option<&str> {
    let domain = email.rsplit_once('@').map(|(_, domain)| domain);
    domain.filter(|_| is_email(email))
}
