use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples, fresh};
use crate::support::{World, leads};
use serde_json::{Value, json};

const HOST: &str = "lead.example";

pub struct Resource;

fn csv() -> String {
    format!("Email;Last Name\n{};secret plan\n", fresh(HOST))
}

impl Samples for Resource {
    async fn record(world: &World, who: &str, records: &Records) -> Option<String> {
        let body = json!({ "campaign_id": records.of("campaigns"), "csv": csv() });
        // A workspace has few imports that have not ended.
        world.work().await;
        let id = world.call(who, "POST /api/v2/lead-imports", body).await.is(200).id();
        world.work().await;
        Some(id)
    }

    fn body(operation: &Operation, records: &Records) -> Option<Value> {
        match operation.action.name {
            "lead_imports:inspect" => Some(json!({ "csv": csv() })),
            "lead_imports:create" => Some(json!({ "campaign_id": records.of("campaigns"), "csv": csv() })),
            _ => None,
        }
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        let new = async || json!({ "list_id": leads::list(world, "owner").await, "csv": csv() });
        match operation.action.name {
            "lead_imports:create" => Call::new(operation.line(), new().await),
            "lead_imports:cancel" => {
                let id = world.call("owner", "POST /api/v2/lead-imports", new().await).await.is(200).id();
                Call::on(operation, id, Value::Null)
            }
            _ => None,
        }
    }
}
