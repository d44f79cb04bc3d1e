//! Findings about API keys. The page, the operation and the command show the same ones.

use super::StoredKey;
use super::advice::Use;
use crate::access::{Caller, EffectiveRole, Permission, Role, workspace_members};
use crate::time::Time;
use schemars::JsonSchema;
use serde::Serialize;

/// Without a call for this long, a key is probably not needed any more.
const STALE: i64 = 90 * Time::DAY;
/// An expiry within this time is worth knowing.
const SOON: i64 = 14 * Time::DAY;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(inline)]
pub enum Severity {
    High,
    Medium,
    Low,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The key has the scope over everything.
    Everything,
    /// The key can change everything that its ceiling allows.
    ChangesEverything,
    UnusedScopes {
        unused: usize,
        of: usize,
    },
    NoExpiry,
    ExpiresSoon(Time),
    Expired(Time),
    NeverUsed,
    Stale(Time),
    NoAddressList,
    MakerGone,
    /// Its ceiling covers more than the role that its maker has now.
    MakerLowered,
    /// Another key replaces it, and a program still uses it.
    OldKeyStillUsed {
        at: Time,
        from: Option<String>,
    },
}

/// A finding as the API answers it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "ApiKeyFinding")]
pub struct Found {
    /// `everything`, `unused_scopes`, `no_expiry`, `expires_soon`, `expired`, `never_used`, `stale`, `no_address_list`,
    /// `maker_gone`, `maker_lowered` or `old_key_still_used`. Later versions can add findings.
    pub finding: &'static str,
    pub severity: Severity,
    /// What was found, and what to do.
    pub sentence: String,
}

impl From<&Finding> for Found {
    fn from(finding: &Finding) -> Found {
        Found { finding: finding.name(), severity: finding.severity(), sentence: finding.sentence() }
    }
}

impl Finding {
    fn name(&self) -> &'static str {
        match self {
            Finding::Everything | Finding::ChangesEverything => "everything",
            Finding::UnusedScopes { .. } => "unused_scopes",
            Finding::NoExpiry => "no_expiry",
            Finding::ExpiresSoon(_) => "expires_soon",
            Finding::Expired(_) => "expired",
            Finding::NeverUsed => "never_used",
            Finding::Stale(_) => "stale",
            Finding::NoAddressList => "no_address_list",
            Finding::MakerGone => "maker_gone",
            Finding::MakerLowered => "maker_lowered",
            Finding::OldKeyStillUsed { .. } => "old_key_still_used",
        }
    }

    pub fn severity(&self) -> Severity {
        match self {
            Finding::Everything | Finding::ChangesEverything | Finding::MakerLowered => Severity::High,
            Finding::UnusedScopes { .. }
            | Finding::NoExpiry
            | Finding::ExpiresSoon(_)
            | Finding::Stale(_)
            | Finding::MakerGone
            | Finding::OldKeyStillUsed { .. } => Severity::Medium,
            Finding::Expired(_) | Finding::NeverUsed | Finding::NoAddressList => Severity::Low,
        }
    }
}

/// What is known about a key besides its row.
pub struct Known<'a> {
    /// How many of its scopes were not used in the last 30 days. None if that is not known for so long.
    pub unused: Option<usize>,
    /// The role that its maker has now, if they are a member of this workspace.
    pub maker: Option<&'a EffectiveRole>,
}

/// The findings about a key. Findings about its maker are only for callers who can see members.
pub fn findings(can: &Caller, key: &StoredKey, known: &Known<'_>) -> Vec<Finding> {
    let sees_members = can.may(workspace_members::Read::ACTION);
    let about_maker = |one: &Finding| matches!(one, Finding::MakerGone | Finding::MakerLowered);
    found(key, known, can.now()).into_iter().filter(|one| sees_members || !about_maker(one)).collect()
}

fn found(key: &StoredKey, known: &Known<'_>, now: Time) -> Vec<Finding> {
    if key.canary {
        return vec![];
    }
    let has = |scope: &str| key.scopes.iter().any(|own| own.0 == scope);
    let rights = match (has("all:all"), has("all:update")) {
        (true, _) => Some(Finding::Everything),
        (false, true) => Some(Finding::ChangesEverything),
        (false, false) => None,
    };
    let expiry = match key.expires_at {
        None => Some(Finding::NoExpiry),
        Some(at) if at <= now => Some(Finding::Expired(at)),
        // A key that is replaced is meant to expire.
        Some(at) if at <= now.plus(SOON) && key.replaced_by.is_none() => Some(Finding::ExpiresSoon(at)),
        Some(_) => None,
    };
    let use_ = match key.last_used_at {
        None => Some(Finding::NeverUsed),
        Some(at) if at <= now.minus(STALE) => Some(Finding::Stale(at)),
        Some(_) => None,
    };
    let unused = known.unused.filter(|unused| *unused > 0 && use_.is_none());
    let unused = unused.map(|unused| Finding::UnusedScopes { unused, of: key.scopes.len() });
    let anywhere =
        (key.allowed_ips.is_none() && key.ceiling.0.origins.is_empty()).then_some(Finding::NoAddressList);
    [rights, unused, expiry, use_, anywhere, maker(key, known), old(key, now)].into_iter().flatten().collect()
}

fn maker(key: &StoredKey, known: &Known<'_>) -> Option<Finding> {
    if key.created_by.is_some() && key.maker_email.is_none() {
        return Some(Finding::MakerGone);
    }
    let base = key.ceiling_role.as_deref().and_then(Role::parse)?;
    let kept = EffectiveRole { base, cells: key.ceiling.0.cells.clone() };
    known.maker.filter(|present| !present.covers(&kept)).map(|_| Finding::MakerLowered)
}

/// A key whose replacement was made before its last use.
fn old(key: &StoredKey, now: Time) -> Option<Finding> {
    let at = key.last_used_at.filter(|at| *at > key.timestamp_updated)?;
    let works = key.replaced_by.is_some() && key.expires_at.is_none_or(|ends| ends > now);
    works.then(|| Finding::OldKeyStillUsed { at, from: key.last_used_from.clone() })
}

/// How many of the scopes allow nothing that was used since then.
pub fn unused(key: &StoredKey, uses: &[Use], strict: bool, since: Time) -> usize {
    let recent = || uses.iter().filter(|one| one.last >= since);
    key.scopes.iter().filter(|scope| !recent().any(|one| one.action.admits(&scope.0, strict))).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Ceiling;
    use crate::db::Json;
    use crate::resources::api_keys::Scope;
    use uuid::Uuid;

    const NOW: Time = Time(1_700_000_000_000);
    const NOTHING: Known<'_> = Known { unused: None, maker: None };

    fn key(scope: &str) -> StoredKey {
        StoredKey {
            id: Uuid::nil(),
            workspace_id: Uuid::nil(),
            timestamp_created: NOW,
            timestamp_updated: NOW,
            name: "k".to_owned(),
            redacted: String::new(),
            scopes: vec![Scope(scope.to_owned())],
            personal: false,
            member_id: None,
            created_by: Some(Uuid::nil()),
            expires_at: Some(NOW.plus(100 * Time::DAY)),
            allowed_ips: Some(vec![]),
            tag_limit: None,
            ceiling_role: Some("admin".to_owned()),
            ceiling: Json(Ceiling::default()),
            link_id: None,
            replaces: None,
            replaced_by: None,
            canary: false,
            last_used_at: Some(NOW),
            last_used_from: None,
            maker_name: Some("Ann".to_owned()),
            maker_email: Some("ann@acme.example".to_owned()),
        }
    }

    fn alone(key: &StoredKey) -> Vec<Finding> {
        found(key, &NOTHING, NOW)
    }

    #[test]
    fn a_key_that_is_narrow_and_used_has_no_finding() {
        assert_eq!(alone(&key("campaigns:read")), []);
    }

    #[test]
    fn each_finding_is_found_at_its_limit() {
        let plain = || key("campaigns:read");
        assert_eq!(alone(&key("all:all")), [Finding::Everything]);
        assert_eq!(alone(&key("all:update")), [Finding::ChangesEverything]);
        assert_eq!(alone(&StoredKey { allowed_ips: None, ..plain() }), [Finding::NoAddressList]);
        assert_eq!(alone(&StoredKey { expires_at: None, ..plain() }), [Finding::NoExpiry]);
        let expiring = |at| alone(&StoredKey { expires_at: Some(at), ..plain() });
        let soon = NOW.plus(14 * Time::DAY);
        assert_eq!(expiring(soon), [Finding::ExpiresSoon(soon)]);
        assert_eq!(expiring(soon.plus(1)), []);
        assert_eq!(expiring(NOW), [Finding::Expired(NOW)]);
        let used = |at| alone(&StoredKey { last_used_at: at, ..plain() });
        assert_eq!(used(None), [Finding::NeverUsed]);
        let long_ago = NOW.minus(90 * Time::DAY);
        assert_eq!(used(Some(long_ago)), [Finding::Stale(long_ago)]);
        assert_eq!(used(Some(long_ago.plus(1))), []);
        assert_eq!(alone(&StoredKey { maker_email: None, ..plain() }), [Finding::MakerGone]);
        assert_eq!(alone(&StoredKey { created_by: None, maker_email: None, ..plain() }), []);
        assert_eq!(alone(&StoredKey { canary: true, expires_at: None, ..plain() }), []);
    }

    #[test]
    fn what_is_known_besides_the_row_is_found_too() {
        let of = |key: &StoredKey, unused, maker: Option<Role>| {
            let maker = maker.map(EffectiveRole::from);
            found(key, &Known { unused, maker: maker.as_ref() }, NOW)
        };
        let plain = key("campaigns:read");
        assert_eq!(of(&plain, Some(1), None), [Finding::UnusedScopes { unused: 1, of: 1 }]);
        assert_eq!(of(&plain, Some(0), Some(Role::Admin)), []);
        assert_eq!(of(&plain, None, Some(Role::Manager)), [Finding::MakerLowered]);
        assert_eq!(of(&plain, None, Some(Role::Owner)), []);
        let replaced = StoredKey { replaced_by: Some(Uuid::nil()), ..key("campaigns:read") };
        assert_eq!(alone(&replaced), []);
        let late = NOW.plus(1);
        let used = StoredKey {
            last_used_at: Some(late),
            last_used_from: Some("203.0.113.9".to_owned()),
            ..replaced
        };
        let expected = Finding::OldKeyStillUsed { at: late, from: used.last_used_from.clone() };
        assert!(expected.sentence().contains("from 203.0.113.9"), "{}", expected.sentence());
        assert_eq!(alone(&used), [expected]);
    }
}
