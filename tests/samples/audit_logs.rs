use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Samples};
use serde_json::Value;

pub struct Resource;

impl Samples for Resource {
    async fn call(_: &World, operation: &Operation) -> Option<Call> {
        match operation.action.name {
            "audit_logs:export" => Call::new(operation.line(), Value::Null),
            _ => None,
        }
    }
}
