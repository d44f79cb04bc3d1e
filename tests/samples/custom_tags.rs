use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use serde_json::{Value, json};
use uuid::Uuid;

pub struct Resource;

impl Samples for Resource {
    /// A tag that the campaign and the account have.
    async fn record(world: &World, who: &str, records: &Records) -> Option<String> {
        let body = json!({ "label": format!("secret plan {}", world.app.new_id().simple()) });
        let tag = world.call(who, "POST /api/v2/custom-tags", body).await.is(200).id();
        for resource in ["campaigns", "accounts"] {
            let toggle = json!({ "tag_id": tag, "resource_id": records.of(resource) });
            world.call(who, "POST /api/v2/custom-tags/toggle-resource", toggle).await.is(200);
        }
        Some(tag)
    }

    fn body(operation: &Operation, records: &Records) -> Option<Value> {
        match operation.action.name {
            "custom_tags:create" => Some(json!({ "label": format!("walk {}", Uuid::now_v7()) })),
            "custom_tags:update" => Some(json!({ "description": "walked" })),
            "custom_tags:toggle" => {
                Some(json!({ "tag_id": records.of("custom_tags"), "resource_id": records.of("campaigns") }))
            }
            _ => None,
        }
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        let label = json!({ "label": format!("tag of {}", operation.line()) });
        match operation.action.name {
            "custom_tags:create" => Call::new(operation.line(), label),
            "custom_tags:update" => Call::on(operation, world.tag, label),
            "custom_tags:delete" => Call::on(operation, world.tag, Value::Null),
            "custom_tags:toggle" => {
                let campaign = world.create("owner", "tagged", "team").await;
                Call::new(operation.line(), json!({ "tag_id": world.tag, "resource_id": campaign }))
            }
            _ => None,
        }
    }
}
