use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use gatepost::db::sql;
use serde_json::{Value, json};
use uuid::Uuid;

pub struct Resource;

/// An attempt to deliver an event of this lead. It is written directly, because real deliveries take long.
async fn attempt(world: &World, who: &str, lead: &str) -> String {
    let webhook = json!({ "target_hook_url": "https://none.example.com/", "event_type": "lead_no_show" });
    let webhook = world.call(who, "POST /api/v2/webhooks", webhook).await.is(200).json();
    let (id, event) = (world.app.new_id(), world.app.new_id());
    let of = |value: &Value| -> Uuid { value.as_str().unwrap().parse().unwrap() };
    let row = "insert into webhook_events (workspace_id, id, timestamp_created, day, webhook_id, event_id, lead_id, \
         payload, success, retry_count, will_retry, webhook_url, lead_email) values ($1, $2, $3, 0, $4, $5, $6, $7, \
         false, 0, false, 'https://none.example.com/', 'secret plan')";
    let row = sql(row).bind(of(&webhook["organization"])).bind(id).bind(world.app.now());
    let row = row.bind(of(&webhook["id"])).bind(event).bind(of(&json!(lead)));
    world.run(row.bind(json!({ "event_type": "lead_no_show" }))).await;
    id.to_string()
}

impl Samples for Resource {
    async fn record(world: &World, who: &str, records: &Records) -> Option<String> {
        let id = attempt(world, who, records.of("leads")).await;
        Some(id)
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        match operation.action.name {
            "webhook_events:redeliver" => {
                let list = crate::support::leads::list(world, "owner").await;
                let lead =
                    json!({ "list_id": list, "email": crate::support::samples::fresh("lead.example") });
                let lead = world.call("owner", "POST /api/v2/leads", lead).await.is(200).id();
                Call::on(operation, attempt(world, "owner", &lead).await, Value::Null)
            }
            _ => None,
        }
    }
}
