use crate::support::operations::Operation;
use crate::support::samples::{Records, Samples};
use serde_json::{Value, json};

pub struct Resource;

impl Samples for Resource {
    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        let asks = ["access:explain", "access:who_can"].contains(&operation.action.name);
        asks.then(|| json!({ "permission": "campaigns:read" }))
    }
}
