//! Checks a domain's DNS: whether the domain leads to this server, and the TXT records that prove its
//! ownership.

use super::{Net, address::host_name};

/// A record whose look-up failed counts as missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhiteLabel {
    /// A chain of aliases leads from the domain to the target.
    pub cname: bool,
    /// The TXT records of the name that proves ownership.
    pub texts: Vec<String>,
}

impl Net {
    pub async fn white_label(&self, domain: &str, target: &str, proof: &str) -> WhiteLabel {
        let Some(domain) = host_name(domain) else { return WhiteLabel::default() };
        let target = host_name(target);
        let cname = async {
            match &target {
                Some(target) => self.leads(&domain, target).await,
                None => false,
            }
        };
        let look = async { Ok(tokio::join!(cname, self.dns.texts(proof))) };
        let found = self.check(look).await;
        found.map(|(cname, texts)| WhiteLabel { cname, texts }).unwrap_or_default()
    }
}
