use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use serde_json::{Value, json};

pub struct Resource;

impl Samples for Resource {
    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        (operation.action.resource == "guard_rails").then(|| json!({ "no_exports": false }))
    }

    async fn call(_: &World, operation: &Operation) -> Option<Call> {
        match operation.action.name {
            "guard_rails:update" => Call::new(operation.line(), json!({ "no_exports": true })),
            _ => None,
        }
    }
}
