//! What deserves a look in a list of keys. Each finding follows from the row itself.

use super::ApiKey;
use crate::access::{Caller, Permission, workspace_members};
use crate::time::Time;

/// Without a call for this long, a key is probably not needed any more.
const STALE: i64 = 30 * Time::DAY;
/// An expiry within this time is worth knowing.
const SOON: i64 = 14 * Time::DAY;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The key has the scope over everything.
    Everything,
    /// The key can change everything that its ceiling allows.
    ChangesEverything,
    NoExpiry,
    ExpiresSoon,
    Expired,
    NeverUsed,
    Stale,
    MakerGone,
}

impl Finding {
    pub fn words(self) -> &'static str {
        match self {
            Finding::Everything => "has every scope",
            Finding::ChangesEverything => "has every scope to change",
            Finding::NoExpiry => "never expires",
            Finding::ExpiresSoon => "expires soon",
            Finding::Expired => "has expired",
            Finding::NeverUsed => "never used",
            Finding::Stale => "not used for 30 days",
            Finding::MakerGone => "maker has left",
        }
    }
}

/// The findings about a key. Whether its maker has left is for callers who may see the members.
pub fn findings(can: &Caller, key: &ApiKey) -> Vec<Finding> {
    let sees_members = can.may(workspace_members::Read::ACTION);
    found(key, can.now()).into_iter().filter(|one| *one != Finding::MakerGone || sees_members).collect()
}

fn found(key: &ApiKey, now: Time) -> Vec<Finding> {
    let has = |scope: &str| key.scopes.iter().any(|own| own.0 == scope);
    let rights = match (has("all:all"), has("all:update")) {
        (true, _) => Some(Finding::Everything),
        (false, true) => Some(Finding::ChangesEverything),
        (false, false) => None,
    };
    let expiry = match key.expires_at {
        None => Some(Finding::NoExpiry),
        Some(at) if at <= now => Some(Finding::Expired),
        Some(at) if at <= now.plus(SOON) => Some(Finding::ExpiresSoon),
        Some(_) => None,
    };
    let use_ = match key.last_used_at {
        None => Some(Finding::NeverUsed),
        Some(at) if at <= now.minus(STALE) => Some(Finding::Stale),
        Some(_) => None,
    };
    let maker = (key.created_by.is_some() && key.created_by_email.is_none()).then_some(Finding::MakerGone);
    [rights, expiry, use_, maker].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resources::api_keys::Scope;
    use uuid::Uuid;

    fn key(scope: &str, now: Time) -> ApiKey {
        ApiKey {
            id: Uuid::nil(),
            name: "k".to_owned(),
            scopes: vec![Scope(scope.to_owned())],
            key: String::new(),
            organization_id: Uuid::nil(),
            timestamp_created: now,
            timestamp_updated: now,
            personal: false,
            expires_at: Some(now.plus(100 * Time::DAY)),
            allowed_ips: None,
            tag_limit: None,
            created_by: Some(Uuid::nil()),
            created_by_name: Some("Ann".to_owned()),
            created_by_email: Some("ann@acme.example".to_owned()),
            last_used_at: Some(now),
        }
    }

    #[test]
    fn a_key_that_is_narrow_and_used_has_no_finding() {
        let now = Time(1_700_000_000_000);
        assert_eq!(found(&key("campaigns:read", now), now), []);
    }

    #[test]
    fn each_finding_is_found_at_its_limit() {
        let now = Time(1_700_000_000_000);
        let plain = || key("campaigns:read", now);
        assert_eq!(found(&key("all:all", now), now), [Finding::Everything]);
        assert_eq!(found(&key("all:update", now), now), [Finding::ChangesEverything]);
        assert_eq!(found(&ApiKey { expires_at: None, ..plain() }, now), [Finding::NoExpiry]);
        let expiring = |at| found(&ApiKey { expires_at: Some(at), ..plain() }, now);
        assert_eq!(expiring(now.plus(14 * Time::DAY)), [Finding::ExpiresSoon]);
        assert_eq!(expiring(now.plus(14 * Time::DAY + 1)), []);
        assert_eq!(expiring(now), [Finding::Expired]);
        let used = |at| found(&ApiKey { last_used_at: at, ..plain() }, now);
        assert_eq!(used(None), [Finding::NeverUsed]);
        assert_eq!(used(Some(now.minus(30 * Time::DAY))), [Finding::Stale]);
        assert_eq!(used(Some(now.minus(30 * Time::DAY - 1))), []);
        assert_eq!(found(&ApiKey { created_by_email: None, ..plain() }, now), [Finding::MakerGone]);
        assert_eq!(found(&ApiKey { created_by: None, created_by_email: None, ..plain() }, now), []);
    }
}
