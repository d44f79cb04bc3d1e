use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples, fresh};
use serde_json::{Value, json};

/// A look-up takes the last label for a number, so it asks no name server, and the walks are fast.
const HOST: &str = "verified.0xa";

pub struct Resource;

impl Samples for Resource {
    /// An address.
    async fn record(world: &World, who: &str, _: &Records) -> Option<String> {
        let email = fresh(HOST);
        world.call(who, "POST /api/v2/email-verification", json!({ "email": email })).await.is(200);
        Some(email)
    }

    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        (operation.action.name == "email_verifications:create").then(|| json!({ "email": fresh(HOST) }))
    }

    async fn call(_: &World, operation: &Operation) -> Option<Call> {
        match operation.action.name {
            "email_verifications:create" => Call::new(operation.line(), json!({ "email": fresh(HOST) })),
            _ => None,
        }
    }
}
