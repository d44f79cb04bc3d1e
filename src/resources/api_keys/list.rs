use super::{ApiKey, StoredKey};
use crate::access::{Can, api_keys::Read};
use crate::error::Result;
use crate::http::Paging;

pub async fn list(can: &Can<Read>, paging: &Paging) -> Result<Vec<ApiKey>> {
    let keys: Vec<StoredKey> = can.list::<StoredKey>(paging, |_| ()).all(can.reader()).await?;
    Ok(keys.into_iter().map(ApiKey::from).collect())
}
