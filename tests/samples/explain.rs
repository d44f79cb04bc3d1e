use crate::support::operations::Operation;
use crate::support::samples::{Records, Samples};
use serde_json::{Value, json};

pub struct Resource;

impl Samples for Resource {
    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        match operation.action.name {
            // With a permission, the caller must be able to see its records.
            _ if operation.path.ends_with("/what-can") => Some(json!({})),
            "access:explain" | "access:who_can" => Some(json!({ "permission": "campaigns:read" })),
            _ => None,
        }
    }
}
