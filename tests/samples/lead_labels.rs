use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use serde_json::{Value, json};

pub struct Resource;

fn label(name: String) -> Value {
    json!({ "label": name, "interest_status_label": "positive" })
}

impl Samples for Resource {
    async fn record(world: &World, who: &str, _: &Records) -> Option<String> {
        let body = label(format!("secret plan {}", world.app.new_id().simple()));
        Some(world.call(who, "POST /api/v2/lead-labels", body).await.is(200).id())
    }

    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        match operation.action.name {
            "lead_labels:create" => Some(label(format!("walk {}", uuid::Uuid::now_v7()))),
            "lead_labels:update" => Some(json!({ "description": "walked" })),
            "lead_labels:delete" => Some(json!({ "reassigned_status": 1 })),
            "lead_labels:read" => Some(json!({ "reply_text": "Thanks" })),
            _ => None,
        }
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        let made = async |name: &str| {
            world.call("owner", "POST /api/v2/lead-labels", label(name.to_owned())).await.is(200).id()
        };
        match operation.action.name {
            "lead_labels:create" => Call::new(operation.line(), label("made".to_owned())),
            "lead_labels:update" => Call::on(operation, made("u").await, json!({ "label": "New" })),
            "lead_labels:delete" => Call::on(operation, made("d").await, Value::Null),
            _ => None,
        }
    }
}
