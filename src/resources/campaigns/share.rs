//! Shares a campaign for a week with everybody who knows its id; see `from_export`.

use super::{Campaign, store, subject};
use crate::access::{Can, campaigns::Share};
use crate::audit::Change;
use crate::error::Result;
use crate::http::Empty;
use serde_json::json;
use uuid::Uuid;

const WEEK: i64 = 7 * 24 * 60 * 60 * 1000;

/// Sharing again prolongs it.
pub async fn share(can: Can<Share>, id: Uuid) -> Result<Empty> {
    can.write(async move |can, tx| {
        let campaign: Campaign = can.find(&mut *tx, id).await?;
        let until = can.now().plus(WEEK);
        store::share(can, tx, id, until).await?;
        Ok(Change::new(subject(&campaign), (), json!({ "shared_until": until }), Empty))
    })
    .await
}
