use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use serde_json::{Value, json};

pub struct Resource;

/// An attempt to deliver an event of this lead, which fails because the host does not exist.
async fn attempt(world: &World, who: &str, lead: &str) -> String {
    let webhook = json!({ "target_hook_url": "https://none.example.com/", "event_type": "lead_no_show" });
    let webhook = world.call(who, "POST /api/v2/webhooks", webhook).await.is(200).id();
    let at = format!("PATCH /api/v2/leads/{lead}");
    world.call(who, &at, json!({ "lt_interest_status": 1 })).await.is(200);
    world.call(who, &at, json!({ "lt_interest_status": -4 })).await.is(200);
    world.deliver().await;
    let found = world.get(who, "/api/v2/webhook-events?limit=100").await.is(200).items();
    let own = found.iter().find(|attempt| attempt["webhook_id"] == webhook).unwrap();
    own["id"].as_str().unwrap().to_owned()
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
