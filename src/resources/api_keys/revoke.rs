use super::{ApiKey, StoredKey, store};
use crate::access::{Caller, Can, Seen, Step, api_keys::Delete};
use crate::audit::Change;
use crate::error::{Error, Result};
use uuid::Uuid;

/// A caller from an admin workspace cannot revoke the personal keys of the people here.
pub fn is_open_to(can: &Caller, key: &ApiKey) -> bool {
    !(key.personal && can.link().is_some())
}

pub async fn revoke(can: Can<Delete>, id: Uuid) -> Result<Seen<ApiKey>> {
    can.write(async move |can, tx| {
        if let Some(at) = store::revoked_at(can, tx, id).await? {
            let why = format!("This API key was revoked on {}. It no longer works.", at.day());
            return Err(Error::Conflict(why));
        }
        let key = ApiKey::from(can.find::<StoredKey>(&mut *tx, id).await?);
        if can.key() == Some(id) {
            let why = "a key cannot revoke itself; use another key, or sign in";
            return Err(Error::refused(Step::Role, format!("role: {why}")));
        }
        if !is_open_to(can, &key) {
            let why = "role: a personal key is not revoked from an admin workspace";
            return Err(Error::refused(Step::Role, why));
        }
        store::revoke(can, tx, id).await?;
        Ok(Change::deleted(key.subject(), key))
    })
    .await
}
