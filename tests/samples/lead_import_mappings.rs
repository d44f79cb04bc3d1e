use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use serde_json::{Value, json};
use uuid::Uuid;

pub struct Resource;

fn mapping() -> Value {
    json!({ "name": format!("secret plan {}", Uuid::now_v7().simple()), "targets": { "Mail": "email" } })
}

impl Samples for Resource {
    async fn record(world: &World, who: &str, _: &Records) -> Option<String> {
        Some(world.call(who, "POST /api/v2/lead-import-mappings", mapping()).await.is(200).id())
    }

    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        (operation.action.name == "lead_import_mappings:create").then(mapping)
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        match operation.action.name {
            "lead_import_mappings:create" => Call::new(operation.line(), mapping()),
            "lead_import_mappings:delete" => {
                let made = world.call("owner", "POST /api/v2/lead-import-mappings", mapping()).await;
                Call::on(operation, made.is(200).id(), Value::Null)
            }
            _ => None,
        }
    }
}
