use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{AGENT, Call, Records, Samples};
use crate::support::scene::campaign;
use serde_json::{Value, json};

pub struct Resource;

impl Samples for Resource {
    async fn record(world: &World, who: &str, _: &Records) -> Option<String> {
        let mut body = campaign(&format!("secret plan {}", world.app.new_id().simple()));
        body["ai_sdr_id"] = json!(AGENT);
        Some(world.call(who, "POST /api/v2/campaigns", body).await.is(200).id())
    }

    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        match operation.action.name {
            "campaigns:create" if operation.path.ends_with("duplicate") => Some(json!({ "name": "copied" })),
            "campaigns:create" => Some(campaign("walk")),
            "campaigns:update" if operation.path.ends_with("variables") => {
                Some(json!({ "variables": ["walked"] }))
            }
            "campaigns:update" => Some(json!({ "name": "walked" })),
            _ => None,
        }
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        let made = async || world.create("owner", "c", "team").await;
        match operation.action.name {
            "campaigns:create" if operation.path.ends_with("duplicate") => {
                Call::on(operation, made().await, json!({}))
            }
            "campaigns:create" if operation.path.ends_with("from-export") => {
                let id = made().await;
                let share = format!("POST /api/v2/campaigns/{id}/share");
                world.call("owner", &share, Value::Null).await.is(204);
                Call::on(operation, id, Value::Null)
            }
            "campaigns:create" => Call::new(operation.line(), campaign("made")),
            "campaigns:update" if operation.path.ends_with("variables") => {
                Call::on(operation, made().await, json!({ "variables": ["city"] }))
            }
            "campaigns:update" => Call::on(operation, made().await, json!({ "name": "d" })),
            "campaigns:share" | "campaigns:export" | "campaigns:pause" | "campaigns:delete" => {
                Call::on(operation, made().await, Value::Null)
            }
            "campaigns:launch" => {
                let mut body = campaign("to launch");
                body["email_list"] = json!(["free@outreach.example"]);
                let id = world.call("owner", "POST /api/v2/campaigns", body).await.is(200).id();
                Call::on(operation, id, Value::Null)
            }
            _ => None,
        }
    }
}
