//! Checks whether a custom tracking host leads to the server that answers the links, and works over https.

use super::{Net, address::host_name};

/// The most aliases between the two names.
const LONGEST_CHAIN: usize = 8;
const HTTPS: u16 = 443;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tracking {
    /// A chain of aliases leads from the host to the target.
    pub cname: bool,
    /// The host has a valid certificate for its name.
    pub ssl: bool,
}

impl Net {
    pub async fn tracking(&self, host: &str, target: &str) -> Tracking {
        let (Some(host), Some(target)) = (host_name(host), host_name(target)) else {
            return Tracking::default();
        };
        let chain = self.check(async { Ok(self.leads(&host, &target).await) });
        let (cname, ssl) = tokio::join!(chain, self.handshake(&host, HTTPS));
        Tracking { cname: cname.unwrap_or(false), ssl: ssl.is_ok() }
    }

    pub(super) async fn leads(&self, host: &str, target: &str) -> bool {
        let mut name = host.to_owned();
        for _ in 0..LONGEST_CHAIN {
            match self.dns.alias(&name).await {
                Some(next) if next == target => return true,
                Some(next) => name = next,
                None => return false,
            }
        }
        false
    }
}
