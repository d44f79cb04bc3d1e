use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use serde_json::{Value, json};

pub struct Resource;

impl Samples for Resource {
    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        match operation.action.name {
            "white_label:set_domain" => Some(json!({ "domain": "clients.agency.example" })),
            "branding:update" => Some(json!({ "brand_name": "Northwind" })),
            _ => None,
        }
    }

    async fn call(_: &World, operation: &Operation) -> Option<Call> {
        let line = operation.line();
        match operation.action.name {
            "white_label:verify_domain" | "white_label:remove_domain" => Call::new(line, Value::Null),
            "white_label:set_domain" => Call::new(line, json!({ "domain": "clients.agency.example" })),
            "branding:update" => Call::new(line, json!({ "brand_color": "#0b6e4f" })),
            _ => None,
        }
    }
}
