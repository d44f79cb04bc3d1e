use crate::support::World;
use crate::support::operations::Operation;
use crate::support::samples::{Call, Records, Samples};
use serde_json::{Value, json};

pub struct Resource;

fn webhook() -> Value {
    json!({
        "target_hook_url": "https://hooks.example.com/in", "event_type": "all_events", "name": "secret plan",
        "headers": { "Authorization": "Basic c2VjcmV0" },
    })
}

async fn made(world: &World) -> String {
    world.call("owner", "POST /api/v2/webhooks", webhook()).await.is(200).id()
}

impl Samples for Resource {
    async fn record(world: &World, who: &str, _: &Records) -> Option<String> {
        let id = world.call(who, "POST /api/v2/webhooks", webhook()).await.is(200).id();
        // The walks make more than a workspace may have.
        let old = "delete from webhooks where id in (select w.id from webhooks w where w.workspace_id = \
             (select o.workspace_id from webhooks o where o.id = $1) order by w.id desc limit 100 offset 20)";
        let newest: uuid::Uuid = id.parse().unwrap();
        world.run(gatepost::db::sql(old).bind(newest)).await;
        Some(id)
    }

    fn body(operation: &Operation, _: &Records) -> Option<Value> {
        match operation.action.name {
            "webhooks:create" => Some(webhook()),
            "webhooks:update" => Some(json!({ "name": "walked" })),
            _ => None,
        }
    }

    async fn call(world: &World, operation: &Operation) -> Option<Call> {
        match operation.action.name {
            "webhooks:create" => Call::new(operation.line(), webhook()),
            "webhooks:update" => Call::on(operation, made(world).await, json!({ "name": "New" })),
            "webhooks:delete" | "webhooks:test" | "webhooks:resume" | "webhooks:rotate_secret" => {
                Call::on(operation, made(world).await, Value::Null)
            }
            _ => None,
        }
    }
}
