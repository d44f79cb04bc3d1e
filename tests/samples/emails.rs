use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use serde_json::{Value, json};

pub struct Resource;

fn mail(from: &str) -> Value {
    json!({
        "eaccount": from, "to_address_email_list": "me@outreach.example", "subject": "Hello",
        "body": { "html": "A first line.<br/>A second line." },
    })
}

impl Samples for Resource {
    fn body(operation: &Operation, records: &Records) -> Option<Value> {
        (operation.action.name == "emails:test").then(|| mail(records.of("accounts")))
    }

    /// No mail server answers, which is recorded too.
    async fn call(_: &World, operation: &Operation) -> Option<Call> {
        match operation.action.name {
            "emails:test" => Call::new(operation.line(), mail("free@outreach.example")),
            _ => None,
        }
    }
}
