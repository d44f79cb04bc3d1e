use super::{ApiKey, StoredKey};
use crate::access::{Can, Permission, api_keys::Read};
use crate::error::Result;
use crate::http::Paging;
use uuid::Uuid;

pub async fn list(can: &Can<Read>, paging: &Paging) -> Result<Vec<ApiKey>> {
    let keys: Vec<StoredKey> = can.list::<StoredKey>(paging, |_| ()).all(can.reader()).await?;
    Ok(keys.into_iter().map(ApiKey::from).collect())
}

/// A key that still counts. The permission is what the caller wants with it.
pub async fn show<P: Permission>(can: &Can<P>, id: Uuid) -> Result<ApiKey> {
    can.find::<StoredKey>(can.reader(), id).await.map(ApiKey::from)
}
