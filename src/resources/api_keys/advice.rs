//! Advice about keys: what needs attention, and which scopes their calls need.

use super::finding::{Finding, Found, Known, findings, unused};
use super::store::known;
use super::suggest::suggested;
use super::{ApiKey, Scope, StoredKey, rotate};
use crate::access::{Action, Can, EffectiveRole, api_keys::Read};
use crate::error::{Error, Result};
use crate::http::Paging;
use crate::time::Time;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::HashMap;
use uuid::Uuid;

/// How long the use of a key must be known before scopes are suggested.
const MONTH: i64 = 30 * Time::DAY;

/// A permission that a key has used.
pub struct Use {
    pub action: &'static Action,
    pub last: Time,
}

/// What the server advises about a key.
pub struct Advised {
    pub findings: Vec<Finding>,
    /// Whether the caller can rotate it.
    pub rotates: bool,
    /// None while its use is known for less than a month.
    pub suggested: Option<Vec<Scope>>,
    /// Since when its use is known. None if the server has not counted any use yet.
    pub known_since: Option<Time>,
}

#[derive(Serialize, JsonSchema)]
#[schemars(rename = "ApiKeyAdvice")]
pub struct Advice {
    pub id: Uuid,
    pub name: String,
    /// Its prefix and last four characters.
    pub key: String,
    pub personal: bool,
    /// It gives no access. Its use is recorded and told to the owner and the admins.
    pub canary: bool,
    pub scopes: Vec<Scope>,
    pub findings: Vec<Found>,
    /// The narrowest scopes that allow what the key did in the last 90 days. Each is within the scopes that it has. Null
    /// until the server has recorded its use for 30 days, and for a canary key.
    pub suggested_scopes: Option<Vec<Scope>>,
    /// Since when the server has recorded its use. Null if it has recorded no use yet.
    pub known_since: Option<Time>,
}

impl Advice {
    pub fn of(key: ApiKey, advised: &Advised) -> Advice {
        Advice {
            id: key.id,
            name: key.name,
            key: key.key,
            personal: key.personal,
            canary: key.canary,
            scopes: key.scopes,
            findings: advised.findings.iter().map(Found::from).collect(),
            suggested_scopes: advised.suggested.clone(),
            known_since: advised.known_since,
        }
    }
}

/// A page of the keys with the advice about each. The number of statements does not depend on the number of keys.
pub async fn advice(can: &Can<Read>, paging: &Paging) -> Result<Vec<(ApiKey, Advised)>> {
    let keys: Vec<StoredKey> = can.list::<StoredKey>(paging, |_| ()).all(can.reader()).await?;
    advise(can, keys).await
}

/// The same for one key.
pub async fn advice_about(can: &Can<Read>, id: Uuid) -> Result<(ApiKey, Advised)> {
    let key: StoredKey = can.find(can.reader(), id).await?;
    advise(can, vec![key]).await?.pop().ok_or_else(Error::hidden)
}

async fn advise(can: &Can<Read>, keys: Vec<StoredKey>) -> Result<Vec<(ApiKey, Advised)>> {
    if keys.is_empty() {
        return Ok(vec![]);
    }
    let ids: Vec<Uuid> = keys.iter().map(|key| key.id).collect();
    let mut uses: HashMap<Uuid, Vec<Use>> = HashMap::new();
    for known::Use { key, permission, last } in known::uses(can, &ids).await? {
        // A permission that an earlier version had needs no scope now.
        if let Some(action) = Action::of(&permission) {
            uses.entry(key).or_default().push(Use { action, last });
        }
    }
    let makers: HashMap<Uuid, EffectiveRole> = known::makers(can, &ids).await?.into_iter().collect();
    let ground = known::ground(can).await?.ok_or_else(Error::hidden)?;
    let advised = |key: StoredKey| {
        let used = uses.get(&key.id).map_or(&[][..], Vec::as_slice);
        let advised = about(can, &key, used, (makers.get(&key.id), &ground));
        (ApiKey::from(key), advised)
    };
    Ok(keys.into_iter().map(advised).collect())
}

fn about(
    can: &Can<Read>,
    key: &StoredKey,
    uses: &[Use],
    (maker, ground): (Option<&EffectiveRole>, &known::Ground),
) -> Advised {
    let (now, strict) = (can.now(), ground.strict_scopes);
    let known_since = ground.counted_since.map(|counted| counted.max(key.timestamp_created));
    let enough = known_since.is_some_and(|since| since <= now.minus(MONTH)) && !key.canary;
    let unused = enough.then(|| unused(key, uses, strict, now.minus(MONTH)));
    let actions: Vec<_> =
        uses.iter().map(|one| one.action).filter(|action| !action.verbs.is_empty()).collect();
    Advised {
        findings: findings(can, key, &Known { unused, maker }),
        rotates: rotate::is_open_to(can, key),
        suggested: enough.then(|| suggested(&actions, &key.scopes, strict)),
        known_since,
    }
}
