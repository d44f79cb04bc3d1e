use super::{ApiKey, Bound, Minted, New, exceeds, store};
use crate::access::{Answer, Caller, Can, Seen, Step, api_keys::*};
use crate::audit::{Change, Subject};
use crate::config::net;
use crate::error::{Error, Result};
use crate::http::{Id, Json, Nothing, Page, Paging, Path, Query, Roll};
use crate::resources::custom_tags;
use crate::resources::operations;
use ipnet::IpNet;

operations! {
    router:

    /// List API keys
    ///
    /// Newest first. Shows the prefix and the last four characters of each key. Leaves out revoked keys.
    GET "/api/v2/api-keys" => list as "listAPIKey";

    /// Create an API key
    ///
    /// The answer is the only place that shows the whole key. A key never has more rights than its maker.
    /// A key that another key creates expires with that key at the latest. A `personal` key is bound to
    /// the member who makes it, and stops working when they leave the workspace.
    POST "/api/v2/api-keys" => create as "createAPIKey"
        with { "name": "CRM", "scopes": ["campaigns:read", "leads:create"] };

    /// Revoke an API key
    ///
    /// The key stops working at once. A key cannot revoke itself, and a caller from an admin workspace
    /// cannot revoke personal keys. Answers 409 if the key is revoked already.
    DELETE "/api/v2/api-keys/{id}" => revoke as "deleteAPIKey";
}

async fn list(can: Can<Read>, Query(roll): Query<Roll>) -> Result<Json<Page<Seen<ApiKey>>>> {
    let paging = Paging::from(roll);
    let keys = store::list(&can, &paging).await?.into_iter().map(|key| key.seen_by(&can)).collect();
    Ok(Json(Page::new(keys, paging.limit(), |key: &Seen<ApiKey>| key.id)))
}

async fn create(can: Can<Create>, Json(new): Json<New>) -> Result<Json<Seen<ApiKey>>> {
    let secret = if new.personal { Minted::personal(can.app())? } else { Minted::workspace(can.app())? };
    let addresses = addresses(&new)?;
    let created = can.write(async move |can, tx| {
        let excess = new.scopes.iter().find_map(|scope| exceeds(can.grant(), scope, new.personal));
        if let Some(why) = excess {
            return Err(Error::refused(Step::Scope, why));
        }
        custom_tags::store::known(can, tx, "tag_limit", new.tag_limit.as_deref().unwrap_or_default()).await?;
        let bound = bound(can, new.personal)?;
        let key = ApiKey {
            id: can.new_id(),
            name: new.name.clone(),
            scopes: new.scopes.clone(),
            key: secret.0.redacted(),
            organization_id: can.workspace(),
            timestamp_created: can.now(),
            timestamp_updated: can.now(),
            personal: new.personal,
            expires_at: expiry(can, &new)?,
            allowed_ips: addresses.clone(),
            tag_limit: new.tag_limit.clone(),
            created_by: can.maker(),
            created_by_name: None,
            created_by_email: None,
            last_used_at: None,
        };
        store::insert(tx, &key, &bound, &secret).await?;
        let mut key = store::inserted(can, tx, key.id).await?;
        key.key = secret.plain().to_owned();
        key.tag_limit = store::shown_limit(key.tag_limit, &bound.ceiling);
        Ok(Change::created(Subject::new("api_key", key.id), key))
    });
    created.await.map(Json)
}

fn bound(can: &Caller, personal: bool) -> Result<Bound> {
    if !personal {
        return Ok(Bound {
            member: None,
            role: can.role().map(|role| role.name()),
            ceiling: can.ceiling(),
            link: can.link(),
        });
    }
    match can.member() {
        Some(member) => Ok(Bound {
            member: Some(member),
            role: None,
            ceiling: can.own_ceiling().clone(),
            link: can.link(),
        }),
        None => Err(Error::invalid("body/personal must be false: the caller is no member of this workspace")),
    }
}

/// No later than the maker's own.
fn expiry(can: &Caller, new: &New) -> Result<Option<crate::time::Time>> {
    if new.expires_at.is_some_and(|at| at <= can.now()) {
        return Err(Error::invalid("body/expires_at must be in the future"));
    }
    // A session ends too, and is no measure for what is made in it.
    let makers = can.expires_at().filter(|_| can.key().is_some());
    Ok(new.expires_at.into_iter().chain(makers).min())
}

fn addresses(new: &New) -> Result<Option<Vec<IpNet>>> {
    let wrong = || Error::invalid("body/allowed_ips must be addresses or networks");
    let parse = |text: &String| net(text).ok_or_else(wrong);
    new.allowed_ips.as_ref().map(|list| list.iter().map(parse).collect()).transpose()
}

async fn revoke(can: Can<Delete>, Path(Id { id }): Path<Id>, _: Nothing) -> Result<Json<Seen<ApiKey>>> {
    let revoked = can.write(async move |can, tx| {
        if let Some(at) = store::revoked_at(can, tx, id).await? {
            let why = format!("This API key was revoked on {}. It no longer works.", at.day());
            return Err(Error::Conflict(why));
        }
        let key = store::find(can, &mut *tx, id).await?;
        if can.key() == Some(id) {
            let why = "a key cannot revoke itself; use another key, or sign in";
            return Err(Error::refused(Step::Role, format!("role: {why}")));
        }
        if key.personal && can.link().is_some() {
            let why = "role: a personal key is not revoked from an admin workspace";
            return Err(Error::refused(Step::Role, why));
        }
        store::revoke(can, tx, id).await?;
        Ok(Change::deleted(Subject::new("api_key", id), key))
    });
    revoked.await.map(Json)
}
