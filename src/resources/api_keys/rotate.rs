//! Replaces a key with a new one. The old key keeps working for a while.

use super::{ApiKey, Minted, Scope, StoredKey, exceeds, store};
use crate::access::api_keys::{Delete, Rotate};
use crate::access::{Caller, Can, Ceiling, EffectiveRole, Grant, Permission, Principal, Role, Seen, Step};
use crate::audit::Change;
use crate::db::{Json, Tx};
use crate::error::{Error, Result};
use crate::time::Time;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

/// Minutes of the longest overlap: 7 days.
pub const LONGEST_OVERLAP: i64 = 7 * 24 * 60;

#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct Rotation {
    /// How many minutes both keys work: 0 to 10,080, which is 7 days. With 0 the old key stops working at once.
    #[schemars(range(min = 0, max = 10_080))]
    pub overlap_minutes: i64,
    /// The scopes of the new key. Each must be within a scope of the old key. The default is the scopes of the old key.
    #[schemars(length(min = 1, max = 200))]
    pub scopes: Option<Vec<Scope>>,
}

/// Creates a key that replaces another one. It has the same rights or fewer, the same limits, and no later expiry. The old
/// key expires when the overlap ends.
pub async fn rotate(can: Can<Rotate>, id: Uuid, wanted: Rotation) -> Result<Seen<ApiKey>> {
    let (personal, workspace) = (Minted::personal(can.app())?, Minted::workspace(can.app())?);
    can.write(async move |can, tx| {
        can.also::<Delete>()?;
        if let Some(at) = store::revoked_at(can, tx, id).await? {
            return conflict(format!("This API key was revoked on {}. Create a new one.", at.day()));
        }
        let old: StoredKey = can.find(&mut *tx, id).await?;
        may_rotate(can, &old)?;
        let scopes = wanted.scopes.clone().unwrap_or_else(|| old.scopes.clone());
        within(can, tx, &old, &scopes).await?;
        let secret = if old.personal { &personal } else { &workspace };
        let new = successor(can, &old, scopes, secret);
        store::insert(can, tx, &new, secret).await?;
        let overlap = can.now().plus(wanted.overlap_minutes * Time::MINUTE);
        let ends = old.expires_at.map_or(overlap, |own| own.min(overlap));
        store::replace(can, tx, id, new.id, ends).await?;
        let stored: StoredKey = can.own(tx, new.id).await?.ok_or_else(Error::hidden)?;
        let key = ApiKey { key: secret.plain().to_owned(), ..stored.into() };
        Ok(Change::created(key.subject(), key).with(json!({ "old_key_expires_at": ends })))
    })
    .await
}

fn conflict<T>(why: impl Into<String>) -> Result<T> {
    Err(Error::Conflict(why.into()))
}

fn refuse<T>(why: &str) -> Result<T> {
    Err(Error::refused(Step::Role, format!("role: {why}")))
}

/// Whether the caller can rotate a key, with some of its scopes at least.
pub fn is_open_to(can: &Caller, key: &StoredKey) -> bool {
    may_rotate(can, key).is_ok() && can.may(Rotate::ACTION) && can.may(Delete::ACTION)
}

/// Whether a personal key belongs to the caller. The operator of the server gives out personal keys anyway.
fn is_own(can: &Caller, key: &StoredKey) -> bool {
    let theirs = key.member_id.is_some() && can.member() == key.member_id && can.link().is_none();
    theirs || matches!(can.principal(), Principal::Operator)
}

/// The role of the new key: that of the old one, or that of the caller if it is lower. None if neither covers the other.
fn lower_role(can: &Caller, key: &StoredKey) -> Option<EffectiveRole> {
    let base = key.ceiling_role.as_deref().and_then(Role::parse)?;
    let kept = EffectiveRole { base, cells: key.ceiling.0.cells.clone() };
    let own = can.grant().effective_role()?;
    match own.covers(&kept) {
        true => Some(kept),
        false => Some(own).filter(|own| kept.covers(own)),
    }
}

fn may_rotate(can: &Caller, old: &StoredKey) -> Result<()> {
    if can.key() == Some(old.id) {
        return refuse("a key cannot rotate itself; use another key, or sign in");
    }
    if old.personal && !is_own(can, old) {
        return refuse("only the member to whom a personal key belongs can rotate it");
    }
    if !old.personal && lower_role(can, old).is_none() {
        return refuse("this key has rights that your role does not have; revoke it, and create a new one");
    }
    if old.canary {
        return conflict("This is a canary key, which gives no access. Revoke it, and create another one.");
    }
    if old.replaced_by.is_some() {
        return conflict("Another key replaced this one already. Rotate that key.");
    }
    match old.expires_at.filter(|at| *at <= can.now()) {
        Some(at) => conflict(format!("This API key expired on {}. Create a new one.", at.day())),
        None => Ok(()),
    }
}

/// The new key exceeds neither the caller nor the old key.
async fn within(can: &Caller, tx: &mut Tx, old: &StoredKey, scopes: &[Scope]) -> Result<()> {
    let gone = || Error::Conflict("This API key no longer works. Create a new one.".to_owned());
    let grant = Grant::of_key_id(can.workspace(), old.id, can.now(), tx).await?.ok_or_else(gone)?;
    for scope in scopes {
        if let Some(why) = exceeds(can.grant(), scope, old.personal) {
            return Err(Error::refused(Step::Scope, why));
        }
        if exceeds(&grant, scope, old.personal).is_some() {
            let why = format!("scope: the new key cannot have `{}`: the old key does not have it", scope.0);
            return Err(Error::refused(Step::Scope, why));
        }
    }
    Ok(())
}

fn successor(can: &Caller, old: &StoredKey, scopes: Vec<Scope>, secret: &Minted) -> StoredKey {
    // A key passes its own expiry on to what it makes.
    let makers = can.expires_at().filter(|_| can.key().is_some());
    let role = lower_role(can, old).filter(|_| !old.personal);
    let ceiling = Ceiling { cells: role.as_ref().and_then(|role| role.cells.clone()), ..both(can, old) };
    StoredKey {
        id: can.id_of_new(),
        personal: old.personal,
        member_id: old.member_id,
        created_by: can.maker(),
        expires_at: old.expires_at.into_iter().chain(makers).min(),
        allowed_ips: old.allowed_ips.clone(),
        tag_limit: old.tag_limit.clone(),
        ceiling_role: role.map(|role| role.base.name().to_owned()),
        ceiling: Json(ceiling),
        link_id: can.link().or(old.link_id),
        replaces: Some(old.id),
        ..StoredKey::new(can, secret, old.name.clone(), scopes)
    }
}

/// The limits of the old key, and those that a key of the caller would have.
fn both(can: &Caller, old: &StoredKey) -> Ceiling {
    fn add<T: PartialEq>(to: &mut Vec<T>, more: Vec<T>) {
        for one in more {
            if !to.contains(&one) {
                to.push(one);
            }
        }
    }
    let own = if old.personal { can.own_ceiling().clone() } else { can.grant().ceiling() };
    let mut all = old.ceiling.0.clone();
    add(&mut all.narrowed, own.narrowed);
    add(&mut all.limits, own.limits);
    add(&mut all.origins, own.origins);
    all
}
