use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use serde_json::{Value, json};

pub struct Resource;

impl Samples for Resource {
    async fn record(world: &World, who: &str, _: &Records) -> Option<String> {
        let body = json!({ "name": "secret plan", "scopes": ["leads:read"] });
        Some(world.call(who, "POST /api/v2/api-keys", body).await.is(200).id())
    }

    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        let new = || json!({ "name": "k", "scopes": ["campaigns:read"] });
        match operation.action.name {
            "api_keys:create" | "api_keys:preview" => Some(new()),
            "api_keys:rotate" => Some(json!({ "overlap_minutes": 60 })),
            _ => None,
        }
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        match operation.action.name {
            "api_keys:create" => {
                Call::new(operation.line(), json!({ "name": "k", "scopes": ["campaigns:read"] }))
            }
            "api_keys:rotate" => {
                let body = json!({ "name": "k", "scopes": ["campaigns:read"] });
                let key = world.call("owner", "POST /api/v2/api-keys", body).await.is(200).id();
                Call::on(operation, key, json!({ "overlap_minutes": 60 }))
            }
            "api_keys:delete" => Call::on(operation, world.who("reader").key_id, Value::Null),
            _ => None,
        }
    }
}
