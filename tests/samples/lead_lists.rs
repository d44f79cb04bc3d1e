use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use serde_json::{Value, json};

pub struct Resource;

impl Samples for Resource {
    async fn record(world: &World, who: &str, _: &Records) -> Option<String> {
        let body = json!({ "name": format!("secret plan {}", world.app.new_id().simple()) });
        Some(world.call(who, "POST /api/v2/lead-lists", body).await.is(200).id())
    }

    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        (operation.action.resource == "lead_lists").then(|| json!({ "name": "walked" }))
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        let made = async || {
            world.call("owner", "POST /api/v2/lead-lists", json!({ "name": "l" })).await.is(200).id()
        };
        match operation.action.name {
            "lead_lists:create" => Call::new(operation.line(), json!({ "name": "made" })),
            "lead_lists:update" => Call::on(operation, made().await, json!({ "name": "New" })),
            "lead_lists:delete" => Call::on(operation, made().await, Value::Null),
            _ => None,
        }
    }
}
