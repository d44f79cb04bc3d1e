use crate::support::operations::Operation;
use crate::support::people::{PASSWORD, somebody_else};
use crate::support::samples::{Call, Records, Samples};
use crate::support::{MISSING, World};
use serde_json::{Value, json};

pub struct Resource;

impl Samples for Resource {
    /// A session of another person of the workspace.
    async fn record(world: &World, _: &str, _: &Records) -> Option<String> {
        Some(somebody_else(world, "sessions").await)
    }

    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        match operation.action.name {
            "sessions:reauthenticate" => Some(json!({ "password": "wrong" })),
            "sessions:switch" => Some(json!({ "workspace_id": MISSING })),
            _ => None,
        }
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        let (owner, line) = ("owner's session", operation.line());
        match operation.action.name {
            "sessions:reauthenticate" => {
                Call::by(world.signed_in("editor").await, line, json!({ "password": PASSWORD }))
            }
            "sessions:switch" => Call::by(owner, line, json!({ "workspace_id": world.home })),
            "sessions:end" if operation.takes_id() => {
                let who = world.signed_in("editor").await;
                let all = world.get(&who, "/api/v2/me/sessions").await.is(200).json();
                Call::by(who, operation.at(all["items"][0]["id"].as_str().unwrap()), Value::Null)
            }
            "sessions:sign_out" | "sessions:end" | "sessions:end_all" => Call::by(owner, line, Value::Null),
            _ => None,
        }
    }
}
