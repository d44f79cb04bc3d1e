use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use serde_json::{Value, json};

pub struct Resource;

impl Samples for Resource {
    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        (operation.action.resource == "login_policy").then(|| json!({ "idle_minutes": 600 }))
    }

    async fn call(_: &World, operation: &Operation) -> Option<Call> {
        match operation.action.name {
            "login_policy:update" => Call::new(operation.line(), json!({ "idle_minutes": 600 })),
            _ => None,
        }
    }
}
