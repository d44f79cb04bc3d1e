use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use serde_json::{Value, json};

pub struct Resource;

/// A file that changes something each time.
fn file() -> Value {
    let id = uuid::Uuid::now_v7().simple().to_string();
    json!({ "because": "walk", "tags": [format!("walk {id}")] })
}

impl Samples for Resource {
    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        match operation.action.name {
            "access:plan" if operation.path.ends_with("/test") => {
                Some(json!({ "tests": [{ "for": { "role": "owner" }, "can": ["access:apply"] }] }))
            }
            "access:plan" | "access:apply" => Some(file()),
            _ => None,
        }
    }

    async fn call(_: &World, operation: &Operation) -> Option<Call> {
        match operation.action.name {
            "access:apply" => Call::new(operation.line(), file()),
            _ => None,
        }
    }
}
