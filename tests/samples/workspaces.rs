use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use crate::support::{MISSING, World};
use serde_json::{Value, json};

pub struct Resource;

impl Samples for Resource {
    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        match operation.action.name {
            "workspaces:create" => Some(json!({ "name": "New" })),
            "workspaces:update" => Some(json!({ "name": "Renamed" })),
            "workspaces:change_owner" => Some(json!({ "new_owner_id": MISSING })),
            _ => None,
        }
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        let line = operation.line();
        match operation.action.name {
            "workspaces:create" => Call::new(line, json!({ "name": "Second" })),
            "workspaces:update" => Call::new(line, json!({ "name": "Renamed" })),
            "workspaces:delete" => Call::new(line, Value::Null),
            "workspaces:change_owner" => {
                Call::new(line, json!({ "new_owner_id": world.who("admin").member }))
            }
            _ => None,
        }
    }
}
