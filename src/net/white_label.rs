//! What a domain's DNS says of whose it is: whether it leads here, and the texts that its owner has put below it.

use super::{Net, address::host_name};

/// What could not be asked for is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WhiteLabel {
    /// A chain of aliases leads from the domain to the target.
    pub cname: bool,
    /// Of the name beside which somebody shows that the domain is his.
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
