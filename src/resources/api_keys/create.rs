use super::{ApiKey, Minted, New, Scope, StoredKey, exceeds, store};
use crate::access::{Caller, Can, Role, Seen, Step, api_keys::Create};
use crate::audit::Change;
use crate::config::allowed_ips;
use crate::db::Json;
use crate::error::{Error, Result};
use crate::resources::custom_tags;
use crate::time::Time;
use ipnet::IpNet;
use uuid::Uuid;

/// Creates a key. The answer is the only place that has the whole key.
pub async fn create(can: Can<Create>, new: New) -> Result<Seen<ApiKey>> {
    is_sound(&new)?;
    let secret = if new.personal { Minted::personal(can.app())? } else { Minted::workspace(can.app())? };
    let addresses = addresses(&new)?;
    can.write(async move |can, tx| {
        within_maker(can, &new)?;
        custom_tags::known(can, &mut *tx, "tag_limit", new.tag_limit.as_deref().unwrap_or_default()).await?;
        let key = StoredKey {
            id: can.id_of_new(),
            expires_at: expiry(can, &new)?,
            allowed_ips: addresses.clone(),
            tag_limit: new.tag_limit.clone(),
            created_by: can.maker(),
            link_id: can.link(),
            canary: new.canary,
            ..bound(can, &new, &secret)?
        };
        store::insert(can, tx, &key, &secret).await?;
        let stored: StoredKey = can.own(tx, key.id).await?.ok_or_else(Error::hidden)?;
        let key = ApiKey { key: secret.plain().to_owned(), ..stored.into() };
        Ok(Change::created(key.subject(), key))
    })
    .await
}

pub(super) fn is_sound(new: &New) -> Result<()> {
    match new.canary && new.personal {
        true => Err(Error::invalid("body/personal must be false for a canary key")),
        false => Ok(()),
    }
}

/// No key exceeds its maker.
pub(super) fn within_maker(can: &Caller, new: &New) -> Result<()> {
    let excess = new.scopes.iter().find_map(|scope| exceeds(can.grant(), scope, new.personal));
    excess.map_or(Ok(()), |why| Err(Error::refused(Step::Scope, why)))
}

/// A key with the rights of its maker: those that the member has, or, for a workspace key, those that the maker has now.
fn bound(can: &Caller, new: &New, secret: &Minted) -> Result<StoredKey> {
    let (grant, key) = (can.grant(), StoredKey::new(can, secret, new.name.clone(), new.scopes.clone()));
    if !new.personal {
        let ceiling_role = grant.role().map(|role| role.name().to_owned());
        return Ok(StoredKey { ceiling_role, ceiling: Json(grant.ceiling()), ..key });
    }
    match can.member() {
        member @ Some(_) => Ok(StoredKey {
            personal: true,
            member_id: member,
            ceiling: Json(grant.own_ceiling().clone()),
            ..key
        }),
        None => {
            Err(Error::invalid("body/personal must be false: the caller is not a member of this workspace"))
        }
    }
}

/// The key expires no later than the key that makes it.
pub(super) fn expiry(can: &Caller, new: &New) -> Result<Option<Time>> {
    if new.expires_at.is_some_and(|at| at <= can.now()) {
        return Err(Error::invalid("body/expires_at must be in the future"));
    }
    // A session ends too, but what is made in a session may outlive it.
    let makers = can.expires_at().filter(|_| can.key().is_some());
    Ok(new.expires_at.into_iter().chain(makers).min())
}

pub(super) fn addresses(new: &New) -> Result<Option<Vec<IpNet>>> {
    new.allowed_ips.as_deref().map(allowed_ips).transpose()
}

/// A key that the operator gives out on the command line.
pub struct Issue {
    pub name: String,
    pub scopes: Vec<String>,
    /// The member whose personal key it is; none for a workspace key.
    pub member: Option<Uuid>,
}

/// Creates a key for the operator. A workspace key has the rights of an admin at most.
pub async fn issue(can: Can<Create>, wanted: Issue) -> Result<Seen<ApiKey>> {
    let personal = wanted.member.is_some();
    let secret = if personal { Minted::personal(can.app())? } else { Minted::workspace(can.app())? };
    can.write(async move |can, tx| {
        let scopes = wanted.scopes.iter().cloned().map(Scope).collect();
        let key = StoredKey {
            personal,
            member_id: wanted.member,
            ceiling_role: (!personal).then(|| Role::Admin.name().to_owned()),
            ..StoredKey::new(can, &secret, wanted.name.clone(), scopes)
        };
        store::insert(can, tx, &key, &secret).await?;
        let key = ApiKey { key: secret.plain().to_owned(), ..key.into() };
        Ok(Change::created(key.subject(), key))
    })
    .await
}
