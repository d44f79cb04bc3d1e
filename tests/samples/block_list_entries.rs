use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples, fresh};
use serde_json::{Value, json};

const HOST: &str = "blocked.example";

pub struct Resource;

async fn entry(world: &World, who: &str) -> String {
    let body = json!({ "bl_value": fresh(HOST) });
    world.call(who, "POST /api/v2/block-lists-entries", body).await.is(200).id()
}

impl Samples for Resource {
    async fn record(world: &World, who: &str, _: &Records) -> Option<String> {
        Some(entry(world, who).await)
    }

    fn body(operation: &Operation, records: &Records) -> Option<Value> {
        Some(match operation.action.name {
            "block_list_entries:create" if operation.path.ends_with("bulk-create") => {
                json!({ "bl_values": [fresh(HOST)] })
            }
            "block_list_entries:create" | "block_list_entries:update" => json!({ "bl_value": fresh(HOST) }),
            "block_list_entries:delete" => json!({ "ids": [records.of("block_list_entries")] }),
            _ => return None,
        })
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        let made = async || entry(world, "owner").await;
        match operation.action.name {
            "block_list_entries:create" if operation.path.ends_with("bulk-create") => {
                Call::new(operation.line(), json!({ "bl_values": [fresh(HOST), "no address"] }))
            }
            "block_list_entries:create" => Call::new(operation.line(), json!({ "bl_value": fresh(HOST) })),
            "block_list_entries:update" => {
                Call::on(operation, made().await, json!({ "bl_value": fresh(HOST) }))
            }
            "block_list_entries:delete" if !operation.takes_id() => {
                Call::new(operation.line(), json!({ "ids": [made().await] }))
            }
            "block_list_entries:delete" => Call::on(operation, made().await, Value::Null),
            "block_list_entries:purge" | "block_list_entries:download" => {
                Call::new(operation.line(), Value::Null)
            }
            _ => None,
        }
    }
}
