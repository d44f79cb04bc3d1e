use crate::support::World;
use crate::support::samples::{Records, Samples};
use serde_json::json;

pub struct Resource;

impl Samples for Resource {
    async fn record(world: &World, who: &str, records: &Records) -> Option<String> {
        let body = json!({ "emails": [records.of("accounts")] });
        Some(world.call(who, "POST /api/v2/accounts/warmup/enable", body).await.is(200).id())
    }
}
