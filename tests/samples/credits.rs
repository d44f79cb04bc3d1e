use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use crate::support::{MISSING, World, scene};
use serde_json::{Value, json};

pub struct Resource;

impl Samples for Resource {
    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        match operation.action.name {
            "credits:spend" => Some(json!({ "kind": "hyper", "amount": 1 })),
            "credits:set_caps" => Some(json!({ "sub_workspace_id": MISSING, "hyper": 1 })),
            _ => None,
        }
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        match operation.action.name {
            "credits:spend" => Call::new(operation.line(), json!({ "kind": "hyper", "amount": 1 })),
            "credits:set_caps" => {
                let sub = scene::workspace(world, "sub").await;
                world.links(world.home, sub).await;
                Call::new(operation.line(), json!({ "sub_workspace_id": sub, "hyper": 1 }))
            }
            _ => None,
        }
    }
}
